"""Half-written forms on the server."""

import pytest
from django.http import QueryDict

from core import drafts
from tests.factories.teams import UserFactory

pytestmark = pytest.mark.django_db


def test_a_draft_belongs_to_one_person_and_one_form() -> None:
    own, other = UserFactory(), UserFactory()
    drafts.save(own, "record-1", {"text": "一"})
    drafts.save(own, "record-1", {"text": "二"})
    drafts.save(own, "record-2", {"text": "三"})
    drafts.save(other, "record-1", {"text": "四"})

    drafts.clear(own, "record-2")

    found = [drafts.load(person, form) for person in (own, other) for form in ("record-1", "record-2")]
    assert found == [{"text": "二"}, {}, {"text": "四"}, {}]


def test_only_the_named_fields_are_kept_and_no_text_without_end() -> None:
    data = QueryDict(mutable=True)
    data.setlist("came", ["1", "2"])
    data["text"] = "字" * (drafts.LONGEST + 1)
    data["password"] = "geheim"

    kept = drafts.typed(data, ["came", "text", "missing"])

    assert kept == {"came": ["1", "2"], "text": "字" * drafts.LONGEST}
