"""Before the meetings: what every team speaks about, and how far the visits of one street are prepared."""

import io
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from openpyxl import Workbook

from core.clock import SHANGHAI
from programmes.demo import words
from programmes.demo.cast import STREET
from visits import services
from visits.models import BriefingKind, Doer, StepKind, Visit
from visits.preparing import StepRow, preparation_of

if TYPE_CHECKING:
    from programmes.demo.build import Stage

MORNING = time(10)
IN_TIME = 0.92
GUESTS = {"stair-head": (8, 12), "activist": (4, 7), "volunteer": (3, 6), "ordinary": (6, 10), "newcomer": (1, 4)}


def prepare(stage: "Stage") -> None:
    """The pack for all, the steps for one street: enough to see them, and quick to make."""
    _brief(stage)
    visits = Visit.objects.filter(round=stage.round, area__street__name=STREET).placed()
    for visit in visits.select_related("area__street", "team", "round").order_by("pk"):
        for row in preparation_of(visit, stage.now).rows:
            moment = datetime.combine(row.due or stage.day, MORNING, SHANGHAI)
            if moment < stage.now and stage.happens(IN_TIME):
                _do(stage, visit, row, moment)


def _do(stage: "Stage", visit: Visit, row: StepRow, at: datetime) -> None:
    secretary = stage.cast.secretaries.get(visit.area_id)
    by = secretary if row.step.who == Doer.SECRETARY and secretary else stage.cast.lead(visit.team_id)
    if row.step.kind == StepKind.TOPICS:
        for text in stage.chance.sample(words.TOPICS, k=stage.chance.randint(1, 3)):
            services.add_topic(visit=visit, text=text, by=by, at=at)
    elif row.step.kind == StepKind.INVITATIONS:
        counts = {code: stage.chance.randint(*about) for code, about in GUESTS.items()}
        services.count_guests(visit=visit, counts=counts, by=by, at=at)
    services.tick_step(visit=visit, step=row.step, by=by, at=at, on_day=at.date())


def _brief(stage: "Stage") -> None:
    office, at = stage.cast.coordinator, stage.preparation + timedelta(days=1)
    for text in words.TALKING_POINTS:
        services.add_item(round=stage.round, kind=BriefingKind.TALKING_POINT, text=text, by=office, at=at)
    services.add_item(round=stage.round, kind=BriefingKind.GOOD_PRACTICE, text=words.GOOD_PRACTICE, by=office, at=at)
    title, rows = words.DOCUMENT
    book, data = Workbook(), io.BytesIO()
    for line in rows:
        book.worksheets[0].append(line)
    book.save(data)
    services.add_document(round=stage.round, title=title, name=f"{title}.xlsx", data=data.getvalue(), by=office, at=at)
