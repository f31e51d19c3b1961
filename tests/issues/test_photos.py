"""Photos of what was described: what is kept of them, who sees them, and when they go."""

import os
import warnings
from contextlib import suppress
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image

from core.events import history_of
from core.refusals import RuleBroken
from issues.models import Issue, Photo
from issues.pictures import NoPicture, picture_of
from issues.services import change_photos, log_issue
from issues.services.photos import KEEP, MOST, forget_photos
from issues.slips import token_of
from tests.factories.issues import Journey, four_levels
from tests.factories.photos import SECRET, bomb, jpeg, photo_of, png, saved, webp
from tests.factories.visits import placed_visit
from tests.people import District
from visits.models import Visit

OPPOSITE = {"left": "right", "right": "left", "above": "below", "below": "above"}
WORDS = "10号楼到14号楼之间晚上8点以后就没有车位"


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def visit(district: District) -> Visit:
    four_levels()
    return placed_visit(team=district.own.team, area=district.own.area, status="held")


def upload(content: bytes, name: str = "门口.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/jpeg")


def send(client: Client, visit: Visit, photos: list[bytes], issue: Issue | None = None, **fields: Any) -> Any:
    name, args = ("log_edit", [visit.code, issue.pk]) if issue else ("log_said", [visit.code])
    data = {"original_text": WORDS, "photos": [upload(content) for content in photos], **fields}
    return client.post(reverse(f"issues:{name}", args=args), data)


def as_(user: Any) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


# -- What is kept of a picture ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "kind", "size"), [(jpeg(), "jpeg", (480, 640)), (png(), "png", (64, 48)), (webp(), "webp", (64, 48))]
)
def test_of_a_picture_only_the_picture_is_kept(content: bytes, kind: str, size: tuple[int, int]) -> None:
    found = picture_of(content)
    assert (found.kind, (found.width, found.height)) == (kind, size)
    assert SECRET in content
    assert SECRET not in found.content
    with Image.open(BytesIO(content)) as before, Image.open(BytesIO(found.content)) as kept:
        assert before.getexif().get_ifd(ExifTags.IFD.GPSInfo)
        assert kept.size == size
        assert not kept.getexif()
        assert not {"exif", "xmp", "icc_profile", "comment", "Comment"} & set(kept.info)


@pytest.mark.parametrize(("orientation", "white"), [(1, "right"), (3, "left"), (6, "below"), (8, "above")])
def test_a_picture_is_turned_upright(orientation: int, white: str) -> None:
    with Image.open(BytesIO(picture_of(jpeg(orientation=orientation)).content)) as kept:
        edges = {
            "left": (0, kept.height // 2),
            "right": (kept.width - 1, kept.height // 2),
            "above": (kept.width // 2, 0),
            "below": (kept.width // 2, kept.height - 1),
        }
        assert kept.getpixel(edges[white]) == (255, 255, 255)
        assert kept.getpixel(edges[OPPOSITE[white]]) == (0, 0, 0)


def test_what_can_be_seen_through_stays_so() -> None:
    with Image.open(BytesIO(picture_of(webp()).content)) as kept:
        assert kept.getpixel((0, 0)) == (200, 0, 0, 128)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        saved(Image.new("RGB", (8, 8)), "gif"),
        saved(Image.new("RGB", (8, 8)), "tiff"),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\xff\xd8\xff<html><script>alert(1)</script>",
        b"RIFF\x10\0\0\0WAVEfmt ",
        jpeg()[:-1000],
        png(noise=True)[:1000],
        webp()[:100],
        bomb(8000, 5001),
        bomb(14000, 14000),
    ],
)
def test_what_is_no_sound_picture_is_refused(content: bytes) -> None:
    with pytest.raises(NoPicture):
        picture_of(content)


def test_forty_million_pixels_are_still_taken() -> None:
    assert picture_of(bomb(8000, 5000)).height == 5000


@pytest.mark.hypothesis
@given(st.sampled_from([jpeg(96, 64), png(), webp()]), st.data())
def test_a_damaged_file_is_read_or_refused_and_nothing_else(content: bytes, data: st.DataObject) -> None:
    damaged = bytearray(content[: data.draw(st.integers(1, len(content)))])
    for position in data.draw(st.lists(st.integers(0, len(damaged) - 1), max_size=8)):
        damaged[position] = data.draw(st.integers(0, 255))
    with warnings.catch_warnings(), suppress(NoPicture):
        warnings.simplefilter("ignore")
        assert picture_of(bytes(damaged)).content


# -- Logging --------------------------------------------------------------------------------------------


def test_photos_are_sent_with_the_words(district: District, visit: Visit, folder: Path) -> None:
    send(as_(district.own["lead"]), visit, [jpeg(), png()])
    issue = Issue.objects.get()
    kept = files(folder)
    assert sorted(photo.kind for photo in issue.photos.all()) == ["jpeg", "png"]
    assert len(kept) == 2
    assert not [path for path in kept if SECRET in path.read_bytes() or "门口" in path.name]
    assert {oct(path.stat().st_mode & 0o777) for path in kept} == {"0o600"}
    assert sorted(history_of(issue).first().payload["added"]) == sorted(photo.sha256 for photo in issue.photos.all())


def test_without_photos_nothing_is_asked_for(district: District, visit: Visit) -> None:
    assert send(as_(district.own["lead"]), visit, []).status_code == 302
    assert history_of(Issue.objects.get()).first().verb == "log"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"GIF89a" + bytes(50), "cannot be read as a photo"),
        (bytes(4) + b"ftypheic" + bytes(50), "HEIC"),
        (jpeg() + bytes(10 * 1024 * 1024), "too large"),
    ],
)
def test_a_wrong_file_is_explained_and_keeps_the_words(
    district: District, visit: Visit, folder: Path, content: bytes, words: str
) -> None:
    page = send(as_(district.own["lead"]), visit, [content])
    assert (page.status_code, Issue.objects.count(), files(folder)) == (422, 0, [])
    text = page.content.decode()
    assert words in text
    assert WORDS in text


def test_when_the_words_are_missing_it_says_to_choose_the_photos_again(district: District, visit: Visit) -> None:
    page = send(as_(district.own["lead"]), visit, [png()], original_text="")
    assert (page.status_code, "choose the photos again" in page.content.decode()) == (422, True)


def test_there_is_a_most_that_counts_those_already_there(district: District, visit: Visit) -> None:
    client = as_(district.own["lead"])
    send(client, visit, [png()] * (MOST - 1))
    issue = Issue.objects.get()
    refused = send(client, visit, [png()] * 2, issue)
    assert (refused.status_code, issue.photos.count()) == (422, MOST - 1)
    gone = issue.photos.first()
    assert send(client, visit, [png()] * 2, issue, gone=[str(gone.name)]).status_code == 302
    assert issue.photos.count() == MOST
    with pytest.raises(RuleBroken):
        change_photos(issue=issue, add=[picture_of(png())], by=district.own["lead"], at=timezone.now())


def test_a_removed_photo_is_destroyed(
    district: District, visit: Visit, folder: Path, django_capture_on_commit_callbacks: Any
) -> None:
    client = as_(district.own["lead"])
    send(client, visit, [jpeg(), png()])
    issue = Issue.objects.get()
    first, second = issue.photos.order_by("kind")
    with django_capture_on_commit_callbacks(execute=True):
        send(client, visit, [], issue, gone=[str(first.name)])
    assert list(issue.photos.all()) == [second]
    assert [path.suffix for path in files(folder)] == [".png"]


def test_photos_of_another_issue_are_out_of_reach(district: District, visit: Visit) -> None:
    foreign = photo_of(Journey(district).draft())
    send(as_(district.own["lead"]), visit, [])
    issue = Issue.objects.get(visit=visit)
    page = send(as_(district.own["lead"]), visit, [], issue, gone=[str(foreign.name)])
    assert page.status_code == 422
    change_photos(issue=issue, remove=[foreign], by=district.own["lead"], at=timezone.now())
    assert Photo.objects.filter(name=foreign.name).exists()


def test_writing_later_with_photos_keeps_a_draft(district: District, visit: Visit) -> None:
    answer = send(as_(district.own["lead"]), visit, [png()], later="1")
    assert answer.url == reverse("issues:log_start", args=[visit.code])
    assert Issue.objects.get().photos.count() == 1


def test_a_deleted_draft_comes_back_with_its_photos(district: District, visit: Visit) -> None:
    client = as_(district.own["lead"])
    send(client, visit, [png()])
    before = Issue.objects.get()
    name = before.photos.get().name
    client.post(reverse("issues:log_delete", args=[visit.code, before.pk]))
    assert not Photo.objects.exists()
    client.post(reverse("issues:log_undelete", args=[visit.code]))
    assert Issue.objects.get().photos.get().name == name
    assert client.get(reverse("issues:photo", args=[name])).status_code == 200


def test_the_check_page_counts_them(district: District, visit: Visit) -> None:
    client = as_(district.own["lead"])
    send(client, visit, [png(), png()])
    assert "2 photos" in client.get(reverse("issues:check", args=[visit.code])).content.decode()


@pytest.mark.parametrize("who", ["street", "department", "stranger"])
def test_only_those_who_write_the_draft_add_photos(district: District, visit: Visit, who: str) -> None:
    issue = log_issue(area=visit.area, visit=visit, by=district.own["lead"], at=timezone.now(), original_text=WORDS)
    by = district.foreign["lead"] if who == "stranger" else district.own[who]
    with pytest.raises(PermissionDenied):
        change_photos(issue=issue, add=[picture_of(png())], by=by, at=timezone.now())


def test_a_submitted_issue_takes_no_more_photos(district: District) -> None:
    issue = Journey(district).submitted()
    with pytest.raises(PermissionDenied):
        change_photos(issue=issue, add=[picture_of(png())], by=district.own["lead"], at=timezone.now())


# -- Seeing -----------------------------------------------------------------------------------------------


def test_a_photo_is_handed_out_as_a_picture_and_nothing_else(district: District) -> None:
    photo = photo_of(Journey(district).submitted())
    answer = as_(district.own["street"]).get(photo.get_absolute_url())
    assert answer.content == png()
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert "private" in answer["Cache-Control"]


def test_an_address_that_was_guessed_or_whose_file_is_gone_leads_nowhere(district: District) -> None:
    photo = photo_of(Journey(district).submitted())
    default_storage.delete(photo.file.name)
    client = as_(district.own["street"])
    for name in (photo.name, uuid4()):
        assert client.get(reverse("issues:photo", args=[name])).status_code == 404
    assert client.get(f"/media/{photo.file.name}").status_code == 404


def test_the_page_of_the_issue_shows_them_and_the_residents_page_does_not(district: District) -> None:
    issue = Journey(district).submitted()
    address = photo_of(issue).get_absolute_url()
    assert address in as_(district.own["street"]).get(issue.get_absolute_url()).content.decode()
    assert address not in Client().get(reverse("issues:resident", args=[token_of(issue)])).content.decode()


# -- Forgetting -------------------------------------------------------------------------------------------


def test_photos_go_a_year_after_the_issue_was_closed(district: District, folder: Path) -> None:
    closed, open_ = Journey(district).to("resolved"), Journey(district).submitted()
    for issue in (closed, open_):
        photo_of(issue)
    assert forget_photos(closed.closed_at + KEEP - timedelta(days=1)).startswith("0 photos")
    assert forget_photos(closed.closed_at + KEEP + timedelta(days=1)).startswith("1 photos")
    assert [photo.issue_id for photo in Photo.objects.all()] == [open_.pk]
    assert len(files(folder)) == 1


def test_files_of_no_issue_go_after_two_days(district: District, folder: Path) -> None:
    kept, lost = photo_of(Journey(district).submitted()), photo_of(Journey(district).submitted())
    lost.delete()
    assert forget_photos(timezone.now()) == "0 photos and 0 left over files forgotten"
    for path in files(folder):
        os.utime(path, (0, 0))
    assert forget_photos(timezone.now()) == "0 photos and 1 left over files forgotten"
    assert [str(path.relative_to(folder)) for path in files(folder)] == [kept.file.name]
