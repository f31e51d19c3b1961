"""Rounds, the plans proposed for them, the calendar they run in, visits, what is prepared before them and what their records tell."""

from visits.dayparts import DayPart
from visits.models.after import DutyDone, IdeaNote, LegalKind, LegalService, ResidentsCame, SimilarRecord, TeamDuty
from visits.models.briefing import BriefingContent, BriefingDocument, BriefingItem, BriefingKind
from visits.models.calendar import BusyTime, CalendarDay, CalendarFeed, CalendarHost, DayKind, OutsideCalendar
from visits.models.plans import Keep, PlanLine, PlanRun, PlanStatus, PlanStep, PlanTrouble
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
from visits.models.standing import Confirmation, Lateness
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
    "CalendarHost",
    "Confirmation",
    "DayKind",
    "DayPart",
    "Doer",
    "DutyDone",
    "IdeaNote",
    "Invitations",
    "Lateness",
    "LegalKind",
    "LegalService",
    "Keep",
    "PlanLine",
    "PlanRun",
    "PlanStatus",
    "PlanStep",
    "PlanTrouble",
    "PreparationStep",
    "PreparationTick",
    "ResidentKind",
    "ResidentsCame",
    "OutsideCalendar",
    "Round",
    "RoundStatus",
    "StepKind",
    "TeamDuty",
    "Topic",
    "Purpose",
    "RequestStatus",
    "SimilarRecord",
    "Source",
    "Visit",
    "VisitKind",
    "VisitRequest",
    "VisitStatus",
]
