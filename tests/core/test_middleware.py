"""Input that no database stores is refused before any view sees it."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from core.middleware import AnswerRefusals, RefuseUnreadableInput, typed
from core.refusals import Conflict, RuleBroken
from core.storable import storable
from notifications.setups import channels_to_set_up
from tests.factories.teams import ProgrammeFactory

pytestmark = pytest.mark.django_db


def answer_to(request):
    ProgrammeFactory()
    return RefuseUnreadableInput(lambda request: HttpResponse("ok"))(request)


@pytest.mark.parametrize(
    "request_",
    [
        RequestFactory().get("/", {"q": "a\0b"}),
        RequestFactory().post("/", {"text": "a\0b"}),
        RequestFactory().post("/", {"na\0me": "x"}),
        RequestFactory().get("/teams/a%00b/"),
    ],
    ids=["query", "form", "field name", "path"],
)
def test_a_nul_character_is_answered_with_400(request_):
    assert answer_to(request_).status_code == 400


def test_ordinary_and_odd_but_storable_text_passes():
    assert answer_to(RequestFactory().get("/", {"q": "𠮷野家 👨‍👩‍👧 \u202e"})).status_code == 200


def test_a_lone_surrogate_is_not_storable():
    assert not storable("\ud800")


@pytest.mark.parametrize(("refusal", "status"), [(RuleBroken("请写明原因"), 422), (Conflict(object(), by="沈佳"), 409)])
def test_a_refusal_no_view_showed_is_answered_with_what_was_typed(refusal, status):
    ProgrammeFactory()
    request = RequestFactory().post(
        "/", {"text": "十号楼夜间停车", "csrfmiddlewaretoken": "secret-token", "new_password1": "secret-token"}
    )
    answer = AnswerRefusals(lambda request: HttpResponse()).process_exception(request, refusal)
    assert answer.status_code == status
    assert "十号楼夜间停车" in answer.content.decode()
    assert "secret-token" not in answer.content.decode()


@pytest.mark.parametrize("channel", channels_to_set_up())
def test_keys_of_channels_are_not_shown_again(channel):
    needs = channels_to_set_up()[channel].needs
    shown = typed(RequestFactory().post("/", {need.name: f"typed into {need.name}" for need in needs}))
    assert [need.name for need in needs if need.is_key and f"typed into {need.name}" in shown] == []
