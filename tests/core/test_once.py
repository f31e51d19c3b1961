"""A form that is sent twice has one effect and gives the same answer."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse, HttpResponseRedirect
from django.test import RequestFactory

from core.models import Draft, SubmittedForm
from core.once import once
from tests.at_once import at_once
from tests.factories.teams import UserFactory


def write_note(request):
    """A view with an effect: one Draft row a call."""
    draft = Draft.objects.create(owner=request.user, form=uuid.uuid4().hex)
    return HttpResponseRedirect(f"/notes/{draft.pk}/")


def post(view, user, data):
    request = RequestFactory().post("/notes/", data)
    request.user = user
    return view(request)


@pytest.mark.django_db
def test_the_second_sending_repeats_the_answer_without_the_effect():
    user, data = UserFactory(), {"form_key": uuid.uuid4(), "text": "停车"}
    first, second = (post(once(write_note), user, data) for _ in range(2))
    assert first.url == second.url
    assert Draft.objects.count() == 1


@pytest.mark.django_db
def test_an_answer_of_any_length_is_repeated():
    """A list with its filters and its cursor: on PostgreSQL a field of 500 characters was an error."""
    user, data, far = UserFactory(), {"form_key": uuid.uuid4()}, f"/issues/?q={'%E5%81%9C' * 200}"
    answers = [post(once(lambda request: HttpResponseRedirect(far)), user, data) for _ in range(2)]
    assert [answer.url for answer in answers] == [far, far]
    assert SubmittedForm._meta.get_field("answer_url").max_length is None


@pytest.mark.django_db
def test_two_forms_have_two_effects():
    user = UserFactory()
    for _ in range(2):
        post(once(write_note), user, {"form_key": uuid.uuid4(), "text": "停车"})
    assert Draft.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["text", "user"])
def test_the_same_key_with_other_content_or_another_person_is_refused(change):
    user, key = UserFactory(), uuid.uuid4()
    post(once(write_note), user, {"form_key": key, "text": "停车"})
    other_user, text = (UserFactory(), "停车") if change == "user" else (user, "养犬")
    answer = post(once(write_note), other_user, {"form_key": key, "text": text})
    assert answer.status_code == 422
    assert Draft.objects.count() == 1


@pytest.mark.django_db
def test_another_file_under_the_same_key_is_not_taken_for_the_first_one():
    """Going back after the answer and choosing a photo must not lose the photo in silence."""
    user, key = UserFactory(), uuid.uuid4()

    def sent_with(*names: str) -> int:
        photos = [SimpleUploadedFile(name, b"picture") for name in names]
        return post(once(write_note), user, {"form_key": key, "photos": photos}).status_code

    assert [sent_with("门口.jpg"), sent_with("门口.jpg"), sent_with("门口.jpg", "车位.jpg")] == [302, 302, 422]


@pytest.mark.django_db
def test_a_form_shown_again_with_errors_may_be_sent_again():
    user, key = UserFactory(), uuid.uuid4()
    answer = post(once(lambda request: HttpResponse("请写下居民反映的问题")), user, {"form_key": key, "text": ""})
    assert answer.status_code == 200
    assert not SubmittedForm.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("guard", "effects"), [(once, 1), (lambda view: view, 5)], ids=["guarded", "unguarded"])
def test_five_sendings_at_once_have_one_effect_and_five_without_the_guard(guard, effects):
    view, user, data = guard(write_note), UserFactory(), {"form_key": uuid.uuid4(), "text": "停车"}
    at_once(5, lambda _n: post(view, user, data))
    assert Draft.objects.count() == effects
