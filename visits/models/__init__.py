"""Rounds, the calendar they run in, visits, what is prepared before them and who came."""

from visits.dayparts import DayPart
from visits.models.briefing import BriefingContent, BriefingDocument, BriefingItem, BriefingKind
from visits.models.calendar import BusyTime, CalendarDay, CalendarFeed, DayKind, OutsideCalendar
from visits.models.preparation import (
    Doer,
    Invitations,
    PreparationStep,
    PreparationTick,
    ResidentKind,
    StepKind,
    Topic,
)
from visits.models.requests import RequestStatus, Source, VisitRequest
from visits.models.rounds import Round, RoundStatus
from visits.models.visits import Attendance, Purpose, Visit, VisitKind, VisitStatus

__all__ = [
    "Attendance",
    "BriefingContent",
    "BriefingDocument",
    "BriefingItem",
    "BriefingKind",
    "BusyTime",
    "CalendarDay",
    "CalendarFeed",
    "DayKind",
    "DayPart",
    "Doer",
    "Invitations",
    "PreparationStep",
    "PreparationTick",
    "ResidentKind",
    "OutsideCalendar",
    "Round",
    "RoundStatus",
    "StepKind",
    "Topic",
    "Purpose",
    "RequestStatus",
    "Round",
    "RoundStatus",
    "Source",
    "Visit",
    "VisitKind",
    "VisitRequest",
    "VisitStatus",
]
