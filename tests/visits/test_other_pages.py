"""The pages around visits besides the rounds."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from teams.models import User
from tests.factories.visits import VisitKindFactory, VisitRequestFactory
from tests.people import District
from visits.models import Purpose, RequestStatus, Visit, VisitRequest


@pytest.fixture(autouse=True)
def kinds(district: District) -> None:
    VisitKindFactory(code="topical", in_round=False, purpose=Purpose.TOPICAL, name_zh="专题走访")
    VisitKindFactory(code="requested", in_round=False, purpose=Purpose.REQUESTED, name_zh="应约走访")


def test_a_lead_plans_a_topical_visit_and_goes_on_to_its_day(
    district: District, as_user: Callable[[User], Client]
) -> None:
    client = as_user(district.own["lead"])
    page = client.get("/visits/new/")
    pairing = page.context["form"].fields["pairing"].queryset.get()
    answer = client.post("/visits/new/", {"kind": "topical", "pairing": pairing.pk, "topic": "电动自行车充电"})
    assert answer.url == f"/visits/{Visit.objects.get().code}/schedule/"


def test_a_missing_topic_is_said_at_its_field_and_nothing_is_cleared(
    district: District, as_user: Callable[[User], Client]
) -> None:
    client = as_user(district["coordinator"])
    pairing = client.get("/visits/new/").context["form"].fields["pairing"].queryset[0]
    page = client.post("/visits/new/", {"kind": "topical", "pairing": pairing.pk, "topic": ""})
    assert page.status_code == 422
    assert "topic" in page.context["form"].errors
    assert page.context["form"]["pairing"].value() == str(pairing.pk)


def test_a_secretary_asks_and_the_office_accepts(district: District, as_user: Callable[[User], Client]) -> None:
    secretary = as_user(district.own["secretary"])
    area = district.own.area
    secretary.post("/visits/requests/new/", {"area": area.pk, "topic": "加装电梯", "words": "三号楼想加装电梯"})
    asked = VisitRequest.objects.get()
    office = as_user(district["coordinator"])
    assert "加装电梯" in office.get("/visits/requests/").content.decode()
    pairing = office.get(f"/visits/requests/{asked.pk}/accept/").context["form"].fields["pairing"].queryset.get()
    answer = office.post(f"/visits/requests/{asked.pk}/accept/", {"pairing": pairing.pk, "version": asked.version})
    assert answer.url == f"/visits/{Visit.objects.get().code}/schedule/"
    assert secretary.get(f"/visits/requests/{asked.pk}/").status_code == 200


def test_a_department_has_no_area_to_ask_for(district: District, as_user: Callable[[User], Client]) -> None:
    assert as_user(district.own["department"]).get("/visits/requests/new/").status_code == 403


def test_the_list_costs_the_same_with_one_row_and_with_many(
    district: District, as_user: Callable[[User], Client], django_assert_num_queries
) -> None:
    client = as_user(district["coordinator"])
    VisitRequestFactory(area=district.own.area)
    client.get("/visits/requests/")
    with CaptureQueriesContext(connection) as one:
        client.get("/visits/requests/")
    VisitRequestFactory.create_batch(30, area=district.own.area)
    with django_assert_num_queries(len(one)):
        client.get("/visits/requests/")


def test_the_reason_a_resident_reads_takes_no_telephone_number(
    district: District, as_user: Callable[[User], Client]
) -> None:
    asked = VisitRequestFactory(area=district.own.area)
    office = as_user(district["coordinator"])
    answer = office.post(f"/visits/requests/{asked.pk}/refuse/", {"note": "请打13812342207", "version": asked.version})
    asked.refresh_from_db()
    assert answer.status_code == 422
    assert asked.status == RequestStatus.WAITING


def test_a_refused_request_is_among_the_decided(district: District, as_user: Callable[[User], Client]) -> None:
    asked = VisitRequestFactory(area=district.own.area)
    office = as_user(district["coordinator"])
    office.post(f"/visits/requests/{asked.pk}/refuse/", {"note": "本月已走访", "version": asked.version})
    asked.refresh_from_db()
    assert asked.status == RequestStatus.REFUSED
    assert asked.topic in office.get("/visits/requests/?view=decided").content.decode()
