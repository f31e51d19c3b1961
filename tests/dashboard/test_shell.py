"""What stands around every page."""

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from dashboard import navigation
from dashboard.shell import shell
from teams.permissions import ROLES, Role
from tests.factories.notifications import MessageFactory
from tests.factories.teams import GrantFactory
from tests.site.addresses import all_addresses

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
NEXT = re.compile(r'name="next" value="([^"]+)"')


def request_of(user, path="/", view_name="", **cookies):
    request = RequestFactory().get(path)
    request.COOKIES.update(cookies)
    request.user = user
    request.session = {}
    request.resolver_match = type("Match", (), {"view_name": view_name})()
    return request


def around(request):
    return shell(request)["shell"]


def test_shell_costs_two_queries_besides_the_grants(district, django_assert_num_queries) -> None:
    user = district["coordinator"]
    assert user.grants
    with django_assert_num_queries(2):
        assert around(request_of(user)).look
    with django_assert_num_queries(1):
        assert around(request_of(user)).look


def test_shell_of_a_fragment_asks_nothing(district, django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        shell(request_of(district["coordinator"]))


def test_what_is_kept_is_another_for_everything_that_shows(district) -> None:
    user = district["coordinator"]
    looks = [around(request_of(user)).look, around(request_of(user, view_name="issues:queue")).look]
    looks += [around(request_of(user, large="1")).look, around(request_of(district["official"])).look]
    MessageFactory(recipient=user)
    looks.append(around(request_of(user)).look)
    user.name = "许文"
    looks.append(around(request_of(user)).look)
    assert len(set(looks)) == len(looks)


def test_what_is_kept_carries_the_token_and_the_address_of_this_request(district, client) -> None:
    client.force_login(district["coordinator"], backend="teams.signing_in.NameOrPhoneBackend")
    pages = [client.get(path).content.decode() for path in ("/indicators/", "/indicators/", "/indicators/?a=<b>&c=%22")]
    tokens = {TOKEN.search(page)[1] for page in pages}
    assert len(tokens) == 3
    assert all(page.count(f'value="{TOKEN.search(page)[1]}"') >= 3 for page in pages)
    assert [NEXT.search(page)[1] for page in pages] == [
        "/indicators/",
        "/indicators/",
        "/indicators/?a=%3Cb%3E&amp;c=%22",
    ]
    assert not any("\ue000" in page or "\ue001" in page for page in pages)


def test_a_name_with_marks_in_it_stays_text(district, client) -> None:
    user = district["coordinator"]
    user.name = '<b>"许"</b>'
    user.save()
    client.force_login(user, backend="teams.signing_in.NameOrPhoneBackend")
    assert '<b>"许' not in client.get("/indicators/").content.decode()


def test_shell_for_strangers_has_the_programme_and_no_rail(district) -> None:
    found = around(request_of(AnonymousUser()))
    assert found.programme.district_zh == "汇宁区"
    assert found.rail == []


@pytest.mark.parametrize(
    ("cookie", "profile", "large"), [("1", False, True), ("0", True, False), ("", True, True), ("x", False, False)]
)
def test_large_text_is_the_choice_of_the_device_then_of_the_person(district, cookie, profile, large) -> None:
    user = district["coordinator"]
    user.large_text = profile
    assert around(request_of(user, large=cookie)).large is large


def test_role_chosen_in_the_menu_counts_only_while_it_is_held(district) -> None:
    user = district["coordinator"]
    GrantFactory(user=user, role=Role.AUDITOR)
    request = request_of(user)
    request.session["role"] = Role.AUDITOR
    assert around(request).role == Role.AUDITOR
    assert [role.value for role in around(request).roles] == ["coordinator", "handler", "auditor"]
    request.session["role"] = Role.ADMINISTRATOR
    assert around(request).role == Role.COORDINATOR


def test_the_most_exact_item_is_current() -> None:
    items = {item.url: item.current for item in navigation.rail(Role.COORDINATOR, "assessment:score_rules")}
    assert [url for url, current in items.items() if current] == ["/scores/"]
    assert not any(item.current for item in navigation.rail(Role.COORDINATOR, "notifications:inbox"))


def test_scores_leave_the_rail_when_the_programme_has_none() -> None:
    assert "/scores/" in {item.url for item in navigation.rail(Role.OFFICIAL, "")}
    assert "/scores/" not in {item.url for item in navigation.rail(Role.OFFICIAL, "", scores=False)}


@pytest.mark.parametrize("role", Role)
def test_every_role_has_a_rail_that_fits(role) -> None:
    items = navigation.RAILS[role]
    assert len([item for item in items if not item.apart]) <= 7
    assert items[0] is navigation.HOME


@pytest.mark.parametrize("role", Role)
def test_every_item_leads_to_a_page_its_role_may_open(role) -> None:
    guards = {address.name: address.guard for address in all_addresses()}
    for item in navigation.RAILS[role]:
        guard = guards[item.name]
        assert guard.kind == "signed_in" or guard.permission in ROLES[role], item.name
