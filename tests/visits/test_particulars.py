"""What a record tells besides who of the team came: counted without names, optional, replaced by a correction."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from core import drafts
from core.events import history_of
from core.refusals import RuleBroken
from teams.models import User
from tests.factories.teams import LONG_AGO
from tests.factories.visits import steps_of_preparation
from tests.visits.conftest import AFTER, Plan
from visits.attending import size_words
from visits.models import ResidentKind, TeamDuty, Visit
from visits.services import Particulars

SignIn = Callable[[User], Client]
OWN = "/visits/118-2026q4/"


@pytest.fixture
def ready(plan: Plan) -> Plan:
    steps_of_preparation()
    ResidentKind.objects.create(
        code="newcomer", name_zh="第一次请的居民", name_en="First time", position=9, all_new=True
    )
    TeamDuty.objects.create(code="guide", name_zh="基层党建的指导员", name_en="Guide", from_day=LONG_AGO)
    plan.schedule(plan.own)
    return plan


def told(visit: Visit) -> dict[str, object]:
    return {
        "kinds": list(visit.residents_came.values_list("kind__code", "count", "newly")),
        "calls": (visit.home_calls, visit.home_calls_words),
        "ideas": [idea.text for idea in visit.ideas.all()],
        "law": list(visit.legal_services.values_list("kind", "count", "words")),
        "duties": list(visit.duties_done.values_list("duty__code", "words")),
    }


def test_everything_is_kept_and_a_correction_replaces_it(ready: Plan) -> None:
    more = Particulars(
        kinds={"stair-head": (9, 2), "volunteer": (0, 0), "newcomer": (3, 0)},
        home_calls=2,
        home_calls_words="送去一床被子",
        ideas=("楼下装一排晾衣架", " "),
        legal={"consultation": (4, "遗产继承"), "dispute": (0, "")},
        duties={"guide": "和支部商量了责任区"},
    )
    visit = ready.record(ready.own, residents_count=None, particulars=more)
    assert visit.residents_count == 12
    assert told(visit) == {
        "kinds": [("stair-head", 9, 2), ("newcomer", 3, 3)],
        "calls": (2, "送去一床被子"),
        "ideas": ["楼下装一排晾衣架"],
        "law": [("consultation", 4, "遗产继承")],
        "duties": [("guide", "和支部商量了责任区")],
    }
    event = history_of(visit).first()
    assert event and event.payload["kinds"] == {"stair-head": [9, 2], "newcomer": [3, 0]}
    assert "被子" not in str(event.payload) and "责任区" not in str(event.payload)

    again = ready.record(ready.own)
    nothing = {"kinds": [], "calls": (0, ""), "ideas": [], "law": [], "duties": []}
    assert (again.residents_count, told(again)) == (28, nothing)


def test_the_total_stands_alone_and_may_be_larger_but_never_smaller_than_its_parts(ready: Plan) -> None:
    parts = Particulars(kinds={"volunteer": (10, 0)})
    assert ready.record(ready.own, residents_count=10, particulars=parts).residents_count == 10
    assert ready.record(ready.own, residents_count=30, particulars=parts).residents_count == 30
    with pytest.raises(RuleBroken):
        ready.record(ready.own, residents_count=9, particulars=parts)
    with pytest.raises(RuleBroken):
        ready.record(ready.own, residents_count=None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kinds": {"volunteer": (2, 3)}},
        {"kinds": {"volunteer": (-1, 0)}},
        {"kinds": {"nobody": (1, 0)}},
        {"home_calls": 201},
        {"home_calls_words": "王阿姨13912345678"},
        {"ideas": ("打电话13912345678",)},
        {"ideas": ("好",) * 21},
        {"legal": {"advertising": (1, "")}},
        {"duties": {"unknown": "做了"}},
        {"duties": {"guide": "长" * 201}},
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(ready: Plan, wrong: dict[str, object]) -> None:
    with pytest.raises(RuleBroken):
        ready.record(ready.own, particulars=Particulars(**wrong))  # type: ignore[arg-type]
    ready.own.refresh_from_db()
    assert ready.own.recorded_at is None


@pytest.mark.parametrize(("residents", "said"), [(24, True), (25, False), (35, False), (36, True)])
def test_far_fewer_or_more_than_thirty_is_said_softly(ready: Plan, residents: int, said: bool) -> None:
    visit = ready.record(ready.own, residents_count=residents)
    assert bool(size_words(visit)) is said


def test_a_duty_that_has_ended_is_not_asked_for(ready: Plan) -> None:
    TeamDuty.objects.update(until_day=date(2026, 10, 8))
    with pytest.raises(RuleBroken):
        ready.record(ready.own, particulars=Particulars(duties={"guide": "做了"}))


# -- The page ---------------------------------------------------------------------------------------


def typed(plan: Plan, **more: object) -> dict[str, object]:
    plan.own.refresh_from_db()
    seats = plan.seats(plan.own)[:4]
    return {"version": plan.own.version, "came": seats, "residents_count": "", "held_on": "2026-10-09", **more}


def test_only_attendance_and_a_number_are_compulsory(ready: Plan, as_user: SignIn, clock: Callable[..., None]) -> None:
    clock(AFTER)
    lead = as_user(ready.district.own["lead"])
    assert lead.post(f"{OWN}record/", typed(ready)).status_code == 422
    assert lead.post(f"{OWN}record/", typed(ready, residents_count="28")).status_code == 302


def test_the_kinds_alone_are_number_enough_and_come_back_into_the_form(
    ready: Plan, as_user: SignIn, clock: Callable[..., None]
) -> None:
    clock(AFTER)
    lead = as_user(ready.district.own["lead"])
    assert '<details class="fold" open' not in lead.get(f"{OWN}record/").content.decode()
    facts = {
        "kind-volunteer": "27",
        "new-volunteer": "5",
        "ideas": "装晾衣架\n\n种树",
        "duty-guide": "谈了",
        "law-dispute": "1",
    }
    assert lead.post(f"{OWN}record/", typed(ready, **facts)).status_code == 302
    page = lead.get(OWN).content.decode()
    assert all(words in page for words in ("社区志愿者 27", "装晾衣架", "种树", "谈了"))
    form = lead.get(f"{OWN}record/").context["form"]
    assert {name: form[name].value() for name in ("kind-volunteer", "new-volunteer", "duty-guide", "law-dispute")} == {
        "kind-volunteer": 27,
        "new-volunteer": 5,
        "duty-guide": "谈了",
        "law-dispute": 1,
    }


def test_a_draft_keeps_every_part_and_nothing_else(ready: Plan, as_user: SignIn, clock: Callable[..., None]) -> None:
    clock(AFTER)
    lead = ready.district.own["lead"]
    sent = {"kind-volunteer": "7", "ideas": "种树", "duty-guide": "谈了", "home_calls": "2", "about-dispute": "漏水"}
    as_user(lead).post(f"{OWN}record/draft/", {**sent, "kind-unknown": "1", "recorded_at": "2020-01-01"})
    assert drafts.load(lead, f"visit-record-{ready.own.pk}") == sent
    page = as_user(lead).get(f"{OWN}record/")
    assert {name: page.context["form"][name].value() for name in sent} == sent


def test_when_it_was_recorded_cannot_be_said_in_the_form(
    ready: Plan, as_user: SignIn, clock: Callable[..., None]
) -> None:
    clock(AFTER)
    sent = typed(ready, residents_count="28", recorded_at="2020-01-01 00:00", backfill="1", at="2020-01-01")
    assert as_user(ready.district.own["lead"]).post(f"{OWN}record/", sent).status_code == 302
    ready.own.refresh_from_db()
    assert ready.own.recorded_at and ready.own.recorded_at.year > 2020
