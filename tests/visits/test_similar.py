"""Copied minutes raise a hint to the lead, never a penalty: above 85 % of the same text, and nothing below."""

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from notifications.kinds import Kind
from notifications.models import Message
from teams.models import User
from tests.factories.teams import AreaFactory, TeamFactory
from tests.factories.visits import placed_visit
from tests.visits.conftest import AFTER, Plan
from visits import services
from visits.confirming import badges, record_settled
from visits.models import SimilarRecord, Visit, VisitStatus
from visits.services.comparing import compare_record
from visits.similarity import most_alike

SignIn = Callable[[User], Client]
OWN = "/visits/118-2026q4/"
TEXT = "".join(chr(0x4E00 + n) for n in range(100))


def changed(share: int) -> str:
    """The hundred characters with so many of them as they were."""
    return TEXT[:share] + "".join(chr(0x6E00 + n) for n in range(100 - share))


def neighbour(plan: Plan, **fields: object) -> Visit:
    """A recorded visit of another team in the same street."""
    area = AreaFactory(street=plan.district.own.street)
    facts = {
        "round": plan.round,
        "team": TeamFactory(number=900 + Visit.objects.count()),
        "area": area,
        "summary": TEXT,
        "status": VisitStatus.RECORDED,
        "venue": "别处",
    }
    return placed_visit(**(facts | fields))


@pytest.mark.parametrize(("share", "hinted"), [(80, False), (85, False), (86, True), (100, True)])
def test_more_than_85_percent_of_the_same_text_is_alike(share: int, hinted: bool) -> None:
    found = most_alike(TEXT, [(7, changed(share))])
    assert found == ((7, share / 100) if hinted else None)


def test_blanks_and_punctuation_make_no_difference_and_short_texts_are_never_alike() -> None:
    assert most_alike(TEXT, [(1, "，".join(TEXT) + "。\n")]) == (1, 1.0)
    assert most_alike("没有问题。", [(1, "没有问题。")]) is None
    assert most_alike("", [(1, "")]) is None


@pytest.mark.parametrize(("share", "hinted"), [(80, False), (90, True)])
def test_a_record_like_one_of_the_same_street_and_round_raises_a_hint(plan: Plan, share: int, hinted: bool) -> None:
    other = neighbour(plan)
    plan.schedule(plan.own)
    visit = plan.record(plan.own, summary=changed(share), by=plan.district.own["lawyer"])
    assert list(SimilarRecord.objects.values_list("visit", "other", "percent")) == (
        [(visit.pk, other.pk, share)] if hinted else []
    )
    told = {message.recipient for message in Message.objects.filter(kind=Kind.RECORD_SIMILAR)}
    assert told == ({plan.district.own["lead"]} if hinted else set())
    assert (record_settled(visit), len(badges(visit, visit.day))) == ([], 1)


def test_the_team_s_own_earlier_record_counts_and_another_street_s_does_not(plan: Plan) -> None:
    plan.schedule(plan.own)
    neighbour(plan, area=AreaFactory())
    assert not SimilarRecord.objects.filter(visit=plan.record(plan.own, summary=TEXT)).exists()
    earlier = neighbour(plan, team=plan.own.team, round=None, area=AreaFactory(), code="118-2025-1")
    visit = plan.record(plan.own, summary=TEXT)
    assert SimilarRecord.objects.get(visit=visit).other == earlier


def test_a_corrected_text_takes_the_hint_away_and_one_that_was_looked_at_stays_so(plan: Plan) -> None:
    neighbour(plan)
    plan.schedule(plan.own)
    visit, lead = plan.record(plan.own, summary=TEXT), plan.district.own["lead"]
    services.check_similar(hint=visit.similar, by=lead, at=AFTER)
    assert SimilarRecord.objects.get(visit=plan.record(visit, summary=TEXT)).checked_by == lead
    plan.record(visit, summary=changed(10))
    assert not SimilarRecord.objects.exists()


def test_only_the_lead_is_asked_and_the_other_record_is_named_only_to_who_may_see_it(
    plan: Plan, as_user: SignIn, clock: Callable[..., None]
) -> None:
    other = neighbour(plan)
    plan.schedule(plan.own)
    visit, own = plan.record(plan.own, summary=TEXT), plan.district.own
    clock(AFTER)
    page = as_user(own["lead"]).get(OWN).content.decode()
    assert "这份记录和本轮另一份记录有100%相同" in page and other.code not in page
    assert 'id="similar"' not in as_user(own["lawyer"]).get(OWN).content.decode()
    assert 'id="similar"' not in as_user(plan.district["coordinator"]).get(OWN).content.decode()
    Visit.objects.filter(pk=other.pk).update(team=own.team)
    assert f"/visits/{other.code}/" in as_user(own["lead"]).get(OWN).content.decode()
    with pytest.raises(PermissionDenied):
        services.check_similar(hint=visit.similar, by=own["lawyer"], at=AFTER)
    assert as_user(own["lead"]).post(f"{OWN}similar/", {"version": visit.similar.version}).status_code == 302
    assert 'id="similar"' not in as_user(own["lead"]).get(OWN).content.decode()


def test_comparing_costs_the_same_queries_for_one_and_for_many(plan: Plan) -> None:
    plan.schedule(plan.own)
    visit = plan.record(plan.own, summary=TEXT)
    counts = []
    for _ in range(2):
        for _other in range(4):
            neighbour(plan, summary=changed(40))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            compare_record(visit, by=plan.district.own["lead"], at=AFTER)
        counts.append(len(queries))
    assert counts == [2, 2]
