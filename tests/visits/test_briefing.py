"""The briefing pack: the office fills it with what is safe to open, everybody who visits reads it."""

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core.refusals import RuleBroken
from tests.visits.conftest import AT, Plan
from visits import services
from visits.models import BriefingDocument, BriefingItem
from visits.services.briefing import LARGEST

PDF = b"%PDF-1.7\nx"


def upload(plan: Plan, name: str = "宣讲提纲.pdf", data: bytes = PDF) -> BriefingDocument:
    office = plan.district["coordinator"]
    return services.add_document(round=plan.round, title="", name=name, data=data, by=office, at=AT)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("run.exe", b"MZ"),
        ("page.html", b"<script>"),
        ("picture.svg", b"<svg onload=x>"),
        ("talk.pdf", b"<html>"),
        ("talk.docx", PDF),
        ("talk", PDF),
        ("talk.pdf", b""),
        ("talk.pdf", PDF + b"x" * LARGEST),
    ],
)
def test_only_papers_that_are_what_they_say_are_taken(plan: Plan, name: str, data: bytes) -> None:
    with pytest.raises(RuleBroken):
        upload(plan, name, data)
    assert not BriefingDocument.objects.exists()


def test_a_path_in_the_name_is_left_behind(plan: Plan) -> None:
    assert upload(plan, "..\\..\\etc/宣讲提纲.PDF").name == "宣讲提纲.PDF"


def test_only_the_office_fills_the_pack(plan: Plan) -> None:
    for who in (plan.district.own["lead"], plan.district["official"]):
        with pytest.raises(PermissionDenied):
            services.add_item(round=plan.round, kind="talking-point", text="加梯", by=who, at=AT)


def test_a_team_reads_the_pack_on_its_visit_and_gets_the_document_as_a_download(plan: Plan, as_user) -> None:
    document = upload(plan)
    services.add_item(round=plan.round, kind="talking-point", text="加梯补贴", by=plan.district["coordinator"], at=AT)
    client: Client = as_user(plan.district.own["lawyer"])
    page = client.get(plan.own.get_absolute_url()).content.decode()
    assert "加梯补贴" in page
    assert document.get_absolute_url() in page
    answer = client.get(document.get_absolute_url())
    assert b"".join(answer.streaming_content) == PDF  # type: ignore[attr-defined]
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("who", ["organ", "administrator", "nobody"])
def test_who_has_no_part_in_visits_gets_no_document(plan: Plan, as_user, who: str) -> None:
    assert as_user(plan.district[who]).get(upload(plan).get_absolute_url()).status_code == 403


def test_the_office_uploads_and_takes_out_on_the_page(plan: Plan, as_user) -> None:
    client: Client = as_user(plan.district["coordinator"])
    base = f"/rounds/{plan.round.code}/briefing/"
    bad = client.post(f"{base}documents/", {"file": SimpleUploadedFile("x.html", b"<script>")})
    assert bad.status_code == 422
    client.post(f"{base}documents/", {"file": SimpleUploadedFile("talk.pdf", PDF)})
    client.post(f"{base}items/", {"kind": "good-practice", "text": "画出夜间车位"})
    page = client.get(base).content.decode()
    assert "画出夜间车位" in page
    client.post(f"{base}documents/{BriefingDocument.objects.get().pk}/remove/")
    client.post(f"{base}items/{BriefingItem.objects.get().pk}/remove/")
    assert (BriefingDocument.objects.count(), BriefingItem.objects.count()) == (0, 0)
