"""Rounds, the calendar they run in, visits and who came."""

from visits.dayparts import DayPart
from visits.models.calendar import BusyTime, CalendarDay, DayKind
from visits.models.rounds import Round, RoundStatus
from visits.models.visits import Attendance, Visit, VisitKind, VisitStatus

__all__ = [
    "Attendance",
    "BusyTime",
    "CalendarDay",
    "DayKind",
    "DayPart",
    "Round",
    "RoundStatus",
    "Visit",
    "VisitKind",
    "VisitStatus",
]
