import re
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core import changes
from notifications.models import Message
from teams import services
from teams.models import Membership, Nomination, OrgUnit, Seat, Team, User
from teams.permissions import Role
from tests.factories.teams import GrantFactory, UnitFactory, UserFactory, seat_person
from tests.people import District
from tests.teams.conftest import AT

SignIn = Callable[[User], Client]
OWN = ["lead", "lawyer", "secretary", "street", "street_lead", "pairing_unit", "pairing_unit_lead"]
SOON = timezone.localdate() + timedelta(days=30)
SUCCESSOR = {
    "phone": "138 0013 8000",
    "name": "陆一鸣",
    "title": "主任",
    "law_firm": "海上律师事务所",
    "from_day": SOON.isoformat(),
    "reason": "换届",
}


# -- Who sees which page ----------------------------------------------------------------------


@pytest.mark.parametrize("who", OWN)
def test_a_team_is_open_to_those_who_work_with_it_and_to_nobody_elsewhere(
    district: District, as_user: SignIn, who: str
) -> None:
    page = reverse("teams:team", args=[118])

    assert as_user(district.own[who]).get(page).status_code == 200
    assert as_user(district.foreign[who]).get(page).status_code == 404


def test_a_department_sees_no_team_that_is_not_its_own(district: District, as_user: SignIn) -> None:
    assert as_user(district.own["department"]).get("/teams/118/").status_code == 404


@pytest.mark.parametrize("who", ["coordinator", "official", "auditor"])
def test_the_district_is_open_to_those_who_hold_it(district: District, as_user: SignIn, who: str) -> None:
    client = as_user(district[who])

    for page in (
        "/teams/",
        "/teams/118/",
        "/teams/262/",
        "/areas/",
        "/areas/hetang/",
        "/units/hetang-unit/",
        "/coverage/",
    ):
        assert client.get(page).status_code == 200, page


@pytest.mark.parametrize("who", ["administrator", "nobody"])
def test_who_works_with_no_team_gets_no_page_of_one(district: District, as_user: SignIn, who: str) -> None:
    client = as_user(district[who])

    for page in ("/teams/", "/teams/118/", "/areas/chunshen/", "/coverage/", "/nominations/", "/people/1/"):
        assert client.get(page).status_code == 403, page


@pytest.mark.parametrize("who", OWN)
def test_an_area_is_open_to_those_who_work_with_it(district: District, as_user: SignIn, who: str) -> None:
    page = reverse("teams:area", args=["chunshen"])

    assert as_user(district.own[who]).get(page).status_code == 200
    assert as_user(district.foreign[who]).get(page).status_code == 404


def test_a_person_is_shown_to_colleagues_only(district: District, as_user: SignIn) -> None:
    page = district.own["lawyer"].get_absolute_url()

    assert as_user(district.own["secretary"]).get(page).status_code == 200
    assert as_user(district.foreign["secretary"]).get(page).status_code == 404


def test_the_list_holds_only_teams_in_reach(district: District, as_user: SignIn) -> None:
    listed = as_user(district.own["street"]).get("/teams/").context["page"].rows

    assert [row.team.number for row in listed] == [118]


def test_phones_are_for_those_who_work_together(district: District, as_user: SignIn) -> None:
    phone = district.own["lead"].phone.encode()
    shown = {
        who: phone in as_user(user).get("/teams/118/").content
        for who, user in {
            "coordinator": district["coordinator"],
            "lawyer": district.own["lawyer"],
            "secretary": district.own["secretary"],
            "organ": district["organ"],
            "auditor": district["auditor"],
        }.items()
    }
    assert shown == {"coordinator": True, "lawyer": True, "secretary": True, "organ": False, "auditor": False}


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("13800138009", {"coordinator": True, "secretary": True, "organ": False, "auditor": False}),
        ("021-64371818", {"coordinator": True, "secretary": True, "organ": True, "auditor": True}),
    ],
    ids=["mobile", "office"],
)
def test_the_mobile_of_a_units_contact_is_for_those_who_work_together(
    district: District, as_user: SignIn, number: str, shown: dict[str, bool]
) -> None:
    OrgUnit.objects.filter(pk=district.own.street.pk).update(contact_name="周主任", contact_phone=number)
    readers = {who: district.own[who] if who == "secretary" else district[who] for who in shown}

    page = district.own.street.get_absolute_url()
    assert {who: number in as_user(user).get(page).content.decode() for who, user in readers.items()} == shown


def test_a_seat_whose_person_cannot_sign_in_counts_as_on_the_page_of_what_is_missing(
    district: District, as_user: SignIn
) -> None:
    User.objects.filter(pk=district.own["lawyer"].pk).update(is_active=False)
    client = as_user(district["coordinator"])
    page = client.get("/teams/118/")

    assert page.context["seated"] == 4
    assert page.content.decode().count("account closed") == 1
    [row] = client.get("/teams/?q=118").context["page"].rows
    assert (row.seated, row.is_complete) == (4, False)


def test_roles_of_a_person_lead_only_where_the_reader_may_go(district: District, as_user: SignIn) -> None:
    """A lead cadre of two teams, one of them in another street."""
    lead, other = district.own["lead"], district.foreign.team
    Membership.objects.filter(user=district.foreign["lead"]).delete()
    seat_person(other, "lead", user=lead)
    GrantFactory(user=lead, role=Role.SECRETARY, area=district.foreign.area)

    page = as_user(district.own["secretary"]).get(lead.get_absolute_url()).content.decode()
    assert str(other) in page and str(district.foreign.area) in page
    assert re.findall('href="(/teams/[0-9]+/|/areas/[a-z]+/)"', page) == ["/teams/118/"]
    own = as_user(lead).get("/me/").content.decode()
    assert {"/teams/118/", f"/teams/{other.number}/"} <= set(re.findall('href="([^"]+)"', own))


def test_the_team_page_shows_five_seats_in_order_and_the_secretary(district: District, as_user: SignIn) -> None:
    context = as_user(district["coordinator"]).get("/teams/118/").context

    assert [row.kind.code for row in context["rows"]] == [
        "lead",
        "party_delegate",
        "npc_deputy",
        "cppcc_member",
        "lawyer",
    ]
    [(pairing, secretary)] = context["pairings"]
    assert (pairing.area, secretary) == (district.own.area, district.own["secretary"])


def test_an_area_out_of_reach_is_named_but_not_linked(district: District, as_user: SignIn) -> None:
    page = as_user(district["organ"]).get("/teams/118/").content.decode()

    assert "春申坊" in page
    assert "/areas/chunshen/" not in page


@pytest.mark.parametrize(
    ("who", "parts"),
    [
        ("coordinator", ["/visits/for-team/118/", "/issues/for-area/chunshen/"]),
        ("organ", []),
    ],
)
def test_a_page_asks_other_apps_only_for_what_the_reader_may_see(
    district: District, as_user: SignIn, who: str, parts: list[str]
) -> None:
    client = as_user(district[who])

    assert re.findall('hx-get="([^"]+)"', client.get("/teams/118/").content.decode()) == parts
    assert [client.get(part).status_code for part in parts] == [200] * len(parts)


# -- Filters and export -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", [118, 262]),
        ("?q=118", [118]),
        ("?q=荷塘坊", [262]),
        ("?q=春申lawyer", [118]),
        ("?q=民政", [262]),
        ("?street=hetang-street", [262]),
        ("?unit=chunshen-unit", [118]),
        ("?incomplete=1", []),
        ("?street=chunshen-street&unit=hetang-unit", []),
        ("?street=' OR 1=1", [118, 262]),
        ("?unit=0&incomplete=x&cursor=x", [118, 262]),
        ("?q=99999999999999999999999", []),
    ],
)
def test_filters_narrow_the_list_and_nonsense_is_ignored(
    district: District, as_user: SignIn, query: str, numbers: list[int]
) -> None:
    page = as_user(district["coordinator"]).get(f"/teams/{query}").context["page"]

    assert [row.team.number for row in page.rows] == numbers


def csv_of(client: Client, query: str = "") -> list[str]:
    answer = client.get(f"/teams/?format=csv{query}")
    return b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]


def test_the_export_has_a_line_a_seat_and_the_filters_of_the_page(district: District, as_user: SignIn) -> None:
    lines = csv_of(as_user(district["coordinator"]), "&street=chunshen-street")

    assert lines[0] == "Team,Pairing unit,Street office,Residential area,Seat,Name,Post or law firm,Mobile phone"
    assert len(lines) == 1 + 5
    assert lines[1] == f"118,区房管局,春申街道,春申坊,Lead cadre,春申lead,,'{district.own['lead'].phone}"


def test_only_who_manages_the_teams_exports_numbers(district: District, as_user: SignIn) -> None:
    lines = csv_of(as_user(district["auditor"]))

    assert lines[0] == "Team,Pairing unit,Street office,Residential area,Seat,Name,Post or law firm"
    assert not any("199" in line for line in lines)


def test_no_cell_of_the_export_is_a_formula(district: District, as_user: SignIn) -> None:
    User.objects.filter(pk=district.own["lead"].pk).update(name="=1+1")

    assert ",'=1+1," in csv_of(as_user(district["coordinator"]))[1]


# -- Changing seats ---------------------------------------------------------------------------


def form_for(seat: Seat, **changed: str) -> dict[str, object]:
    return SUCCESSOR | {"version": seat.version, "form_key": str(uuid.uuid4())} | changed


def test_an_organ_nominates_somebody_new(district: District, lawyer_seat: Seat, as_user: SignIn) -> None:
    response = as_user(district["organ"]).post("/teams/118/seats/lawyer/nominate/", form_for(lawyer_seat))

    assert response["Location"] == "/nominations/"
    nomination = Nomination.objects.get()
    assert (nomination.user.name, nomination.user.phone, nomination.user.law_firm) == (
        "陆一鸣",
        "13800138000",
        "海上律师事务所",
    )
    assert (nomination.from_day, nomination.created_by) == (SOON, district["organ"])


def test_the_same_form_sent_twice_nominates_once(district: District, lawyer_seat: Seat, as_user: SignIn) -> None:
    client, form = as_user(district["organ"]), form_for(lawyer_seat)
    answers = [client.post("/teams/118/seats/lawyer/nominate/", form)["Location"] for _time in range(2)]

    assert answers == ["/nominations/"] * 2
    assert Nomination.objects.count() == 1
    assert Message.objects.count() == 1


def test_a_number_with_another_name_is_refused_in_the_form_and_nothing_typed_is_lost(
    district: District, lawyer_seat: Seat, as_user: SignIn
) -> None:
    UserFactory(phone="13800138000", name="陆一明")
    response = as_user(district["organ"]).post("/teams/118/seats/lawyer/nominate/", form_for(lawyer_seat))

    page = response.content.decode()
    assert response.status_code == 422
    assert "This number belongs to somebody with another name." in page
    assert all(value in page for value in ("138", "陆一鸣", "海上律师事务所", "换届"))
    assert not Nomination.objects.exists()


def test_a_refused_nomination_leaves_no_new_person_behind(
    district: District, lawyer_seat: Seat, as_user: SignIn
) -> None:
    response = as_user(district["organ"]).post(
        "/teams/118/seats/lawyer/nominate/", form_for(lawyer_seat, from_day="2020-01-01")
    )

    assert response.status_code == 422
    assert not User.objects.filter(phone="13800138000").exists()


def test_a_page_shown_before_somebody_else_changed_the_seat_is_answered_409(
    district: District, lawyer_seat: Seat, as_user: SignIn
) -> None:
    form = form_for(lawyer_seat)
    services.replace_member(
        seat=lawyer_seat,
        user=UserFactory(),
        from_day=date(2026, 7, 1),
        reason="换届",
        by=district["coordinator"],
        at=AT,
    )
    response = as_user(district["organ"]).post("/teams/118/seats/lawyer/nominate/", form)

    assert response.status_code == 409
    assert "许文君" in response.content.decode()
    assert not User.objects.filter(phone="13800138000").exists()


@pytest.mark.parametrize(
    ("path", "status"), [("lawyer/nominate", 200), ("lead/nominate", 403), ("lawyer/replace", 403)]
)
def test_an_organ_reaches_the_form_of_its_own_seats_only(
    district: District, as_user: SignIn, path: str, status: int
) -> None:
    assert as_user(district["organ"]).get(f"/teams/118/seats/{path}/").status_code == status


def test_a_foreign_organ_does_not_even_see_the_team(district: District, as_user: SignIn) -> None:
    foreign = GrantFactory(role=Role.SUPPLYING_ORGAN, unit=UnitFactory()).user

    assert as_user(foreign).get("/teams/118/seats/lawyer/nominate/").status_code == 404


def test_the_office_replaces_at_once(district: District, lawyer_seat: Seat, as_user: SignIn) -> None:
    response = as_user(district["coordinator"]).post("/teams/118/seats/lawyer/replace/", form_for(lawyer_seat))

    assert response["Location"] == "/teams/118/"
    assert Membership.objects.get(user__phone="13800138000").from_day == SOON


def test_the_office_vacates_a_seat(district: District, lawyer_seat: Seat, as_user: SignIn) -> None:
    form = {"last_day": SOON.isoformat(), "reason": "调走", "version": lawyer_seat.version}
    response = as_user(district["coordinator"]).post("/teams/118/seats/lawyer/vacate/", form)

    assert response["Location"] == "/teams/118/"
    assert lawyer_seat.memberships.get().until_day == SOON


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
@pytest.mark.parametrize(
    ("page", "field"),
    [
        ("/teams/118/seats/lawyer/vacate/", "last_day"),
        ("/areas/chunshen/pair/", "from_day"),
        ("/areas/chunshen/end-pairing/", "last_day"),
    ],
)
def test_a_day_far_away_is_refused_in_the_form(
    district: District, as_user: SignIn, page: str, field: str, day: str
) -> None:
    answer = as_user(district["coordinator"]).post(page, {field: day, "team": 262, "reason": "调走", "version": 1})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]


def test_the_seat_is_locked_before_a_person_is_created(
    district: District, lawyer_seat: Seat, as_user: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Creating appends an event and with it locks the head of the chain, the last lock of all."""
    done: list[str] = []

    def noted(name: str, act: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            done.append(name(args) if callable(name) else name)
            return act(*args, **kwargs)

        return wrapped

    monkeypatch.setattr("core.changes.lock", noted(lambda args: type(args[0]).__name__, changes.lock))
    monkeypatch.setattr(services, "create_person", noted("person", services.create_person))
    as_user(district["coordinator"]).post("/teams/118/seats/lawyer/replace/", form_for(lawyer_seat))

    assert done == ["Seat", "person", "Seat", "User"]


def proposed(district: District, seat: Seat) -> Nomination:
    return services.nominate(
        seat=seat,
        user=UserFactory(name="陆一鸣"),
        from_day=date(2030, 8, 1),
        reason="换届",
        by=district["organ"],
        at=AT,
    )


def test_the_office_approves_a_nomination(district: District, lawyer_seat: Seat, as_user: SignIn) -> None:
    nomination = proposed(district, lawyer_seat)
    client = as_user(district["coordinator"])
    page = client.get(f"/nominations/{nomination.pk}/approve/").content.decode()
    client.post(f"/nominations/{nomination.pk}/approve/", {"version": nomination.version})

    assert "春申lawyer leaves the day before; open work is handed over." in page
    assert lawyer_seat.memberships.get(until_day=None).user == nomination.user


def test_the_office_declines_a_nomination_with_a_reason(district: District, lawyer_seat: Seat, as_user: SignIn) -> None:
    nomination = proposed(district, lawyer_seat)
    client, page = as_user(district["coordinator"]), f"/nominations/{nomination.pk}/decline/"

    assert client.post(page, {"version": nomination.version, "note": ""}).status_code == 422
    assert client.post(page, {"version": nomination.version, "note": "资格不符"}).status_code == 302
    assert as_user(district["organ"]).get("/nominations/?view=decided").context["page"].rows == [nomination]


def test_a_nomination_is_shown_to_who_made_it_and_to_the_office(
    district: District, lawyer_seat: Seat, as_user: SignIn
) -> None:
    page = proposed(district, lawyer_seat).get_absolute_url()
    foreign = GrantFactory(role=Role.SUPPLYING_ORGAN, unit=UnitFactory()).user

    assert as_user(district["organ"]).get(page).context["may_decide"] is False
    assert as_user(district["coordinator"]).get(page).context["may_decide"] is True
    assert as_user(foreign).get(page).status_code == 404


def test_the_history_of_a_team_tells_every_change_in_words(
    district: District, lawyer_seat: Seat, as_user: SignIn
) -> None:
    office = district["coordinator"]
    nomination = proposed(district, lawyer_seat)
    services.decline_nomination(nomination=nomination, by=office, at=AT, note="资格不符")
    services.replace_member(
        seat=lawyer_seat, user=UserFactory(name="章明"), from_day=date(2030, 9, 1), reason="换届", by=office, at=AT
    )
    services.vacate_seat(seat=lawyer_seat, last_day=date(2030, 9, 30), reason="调走", by=office, at=AT)
    services.pair(team=district.own.team, area=district.foreign.area, from_day=date(2030, 9, 1), by=office, at=AT)

    told = as_user(office).get("/teams/118/history/").context["entries"]
    assert [entry.text for entry in told] == [
        "荷塘坊: this team's from 1 September 2030",
        "Lawyer: 章明 leaves, last day 30 September 2030",
        "Lawyer: 章明 from 1 September 2030, after 春申lawyer",
        "declined the nomination of 陆一鸣 for Lawyer",
        "nominated for Lawyer: 陆一鸣 from 1 August 2030",
    ]
    assert [entry.more for entry in told] == ["", "调走", "换届", "资格不符", "换届"]


# -- Pairing and coverage ---------------------------------------------------------------------


def test_the_office_pairs_an_area_with_another_team(district: District, as_user: SignIn) -> None:
    form = {"team": "262", "from_day": SOON.isoformat(), "version": district.own.area.version}
    response = as_user(district["coordinator"]).post("/areas/chunshen/pair/", form)

    assert response["Location"] == "/areas/chunshen/"
    assert district.own.area.pairings.open_ended().get().team.number == 262


@pytest.mark.parametrize("number", ["999", "0", "-1", "x", ""])
def test_a_team_that_does_not_exist_is_asked_for_again(district: District, as_user: SignIn, number: str) -> None:
    form = {"team": number, "from_day": SOON.isoformat(), "version": district.own.area.version}

    assert as_user(district["coordinator"]).post("/areas/chunshen/pair/", form).status_code == 422


def test_the_office_ends_a_pairing(district: District, as_user: SignIn) -> None:
    form = {"last_day": SOON.isoformat(), "version": district.own.area.version}
    as_user(district["coordinator"]).post("/areas/chunshen/end-pairing/", form)

    assert district.own.area.pairings.get().until_day == SOON


def test_a_street_does_not_pair_its_own_areas(district: District, as_user: SignIn) -> None:
    assert as_user(district.own["street"]).get("/areas/chunshen/pair/").status_code == 403


def test_coverage_shows_an_organ_the_vacant_seats_it_supplies(district: District, as_user: SignIn) -> None:
    Membership.objects.filter(seat__kind__code__in=["lawyer", "lead"], seat__team__number=262).delete()
    seen = {
        who: as_user(district[who]).get("/coverage/").context["counts"]["seats"] for who in ("organ", "coordinator")
    }

    assert seen == {"organ": 1, "coordinator": 2}


@pytest.mark.parametrize("view", ["seats", "areas", "teams", "nonsense"])
def test_every_view_of_the_coverage_opens(district: District, as_user: SignIn, view: str) -> None:
    assert as_user(district["coordinator"]).get(f"/coverage/?view={view}").status_code == 200


def test_a_street_finds_the_survey_results_on_its_own_page(district: District, as_user: SignIn) -> None:
    page = f"/units/{district.own.street.slug}/"
    links = {
        who: "/surveys/" in as_user(district.own[who]).get(page).content.decode() for who in ("street", "department")
    }
    assert links == {"street": True, "department": False}


# -- Accounts ---------------------------------------------------------------------------------


def test_the_administrator_creates_an_account_and_makes_a_link(district: District, as_user: SignIn) -> None:
    client = as_user(district["administrator"])
    created = client.post("/accounts/new/", {"phone": "13800138000", "name": "沈佳"})["Location"]
    link = client.post(f"{created}link/").context["link"]

    assert User.objects.get(phone="13800138000").name == "沈佳"
    assert Client().get(link.removeprefix(settings.SITE_URL)).status_code == 200


def test_a_password_link_leads_to_this_site_whatever_host_was_asked(
    district: District, as_user: SignIn, settings: Any
) -> None:
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://manyi.example", ["*"]
    client, person = as_user(district["administrator"]), district.own["lawyer"]
    answer = client.post(f"/accounts/{person.pk}/link/", headers={"host": "elsewhere.example"})
    assert answer.context["link"].startswith("https://manyi.example/password/")


def test_the_administrator_puts_name_post_and_unit_right(district: District, as_user: SignIn) -> None:
    client, person = as_user(district["administrator"]), district.own["lawyer"]
    page = client.get(f"/accounts/{person.pk}/details/")
    wrong = page.context["form"].initial | {"name": "", "unit": ""}
    answers = [client.post(f"/accounts/{person.pk}/details/", wrong | {"name": name}) for name in ("", "陆 一鸣")]

    assert [answer.status_code for answer in answers] == [422, 302]
    assert User.objects.get(pk=person.pk).name == "陆一鸣"
    stale = client.post(f"/accounts/{person.pk}/details/", wrong | {"name": "陆一明"})
    assert (stale.status_code, User.objects.get(pk=person.pk).name) == (409, "陆一鸣")


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"password": "!kept-by-nobody"}, "no password yet"),
        ({"password": ""}, "no password yet"),
        ({"password": "set"}, "may sign in"),
        ({"password": "set", "is_active": False}, "account closed"),
    ],
)
def test_an_account_says_whether_its_person_can_sign_in(
    district: District, as_user: SignIn, fields: dict[str, Any], state: str
) -> None:
    person, client = UserFactory(name="沈佳"), as_user(district["administrator"])
    User.objects.filter(pk=person.pk).update(**fields)
    pages = [client.get(f"/accounts/{person.pk}/"), client.get("/accounts/", {"q": "沈佳"})]
    states = ("no password yet", "may sign in", "account closed")
    assert [[each for each in states if each in page.content.decode()] for page in pages] == [[state]] * 2


def test_a_closed_account_gets_no_link(district: District, as_user: SignIn) -> None:
    person = UserFactory(is_active=False)

    assert as_user(district["administrator"]).post(f"/accounts/{person.pk}/link/").status_code == 422


def test_the_administrator_closes_and_opens_an_account(district: District, as_user: SignIn) -> None:
    client, person = as_user(district["administrator"]), district.own["lawyer"]
    client.post(f"/accounts/{person.pk}/close/")
    assert not User.objects.get(pk=person.pk).is_active

    client.post(f"/accounts/{person.pk}/open/")
    assert User.objects.get(pk=person.pk).is_active


@pytest.mark.parametrize(
    ("query", "names"), [("无角", ["无角色"]), ("139 0000", ["沈佳"]), ("13900001", []), ("没有这个人", [])]
)
def test_accounts_are_found_by_number_or_name(
    district: District, as_user: SignIn, query: str, names: list[str]
) -> None:
    UserFactory(phone="13900000001", name="沈佳")
    page = as_user(district["administrator"]).get("/accounts/", {"q": query}).context["page"]

    assert [person.name for person in page.rows] == names


@pytest.mark.parametrize("who", ["coordinator", "auditor", "official", "organ", "nobody"])
def test_accounts_are_for_the_administrator(district: District, as_user: SignIn, who: str) -> None:
    client, person = as_user(district[who]), district.own["lawyer"]
    pages = [client.get("/accounts/"), client.get(f"/accounts/{person.pk}/"), client.get("/accounts/new/")]
    pages += [client.get(f"/accounts/{person.pk}/{page}/") for page in ("details", "roles")]
    posts = [client.post(f"/accounts/{person.pk}/{act}/") for act in ("link", "close", "open")]

    assert {answer.status_code for answer in pages + posts} == {403}


def test_a_team_that_does_not_exist_is_404(district: District, as_user: SignIn) -> None:
    client = as_user(district["coordinator"])

    assert client.get("/teams/999/").status_code == 404
    assert client.get("/areas/nowhere/").status_code == 404
    assert not Team.objects.filter(number=999).exists()
