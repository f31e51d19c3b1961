"""Importing in the browser: the same words as the command, two steps, and nobody else's files."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from programmes.imports import uploads
from programmes.imports.run import File
from programmes.imports.uploads import Upload
from programmes.nightly import forget_uploads
from teams.models import Area, SeatKind, Team, TeamTemplate, User
from teams.permissions import Role
from tests.factories.issues import ResponsibilityFactory
from tests.factories.teams import GrantFactory, UnitFactory
from tests.programmes import bad_workbooks as books
from tests.programmes.bad_workbooks import AREAS, WRONG, Wrong
from visits.models import CalendarDay, DayKind

Count = Callable[[], dict[str, int]]
START = "/import/"


@pytest.fixture(autouse=True)
def folder(settings: object, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    settings.LANGUAGE_CODE = "en"  # type: ignore[attr-defined]
    with translation.override("en"):
        yield tmp_path


@pytest.fixture
def office(client: Client, programme: None, coordinator: User) -> Client:
    client.force_login(coordinator)
    return client


def uploaded(files: list[File]) -> list[SimpleUploadedFile]:
    return [SimpleUploadedFile(file.name, file.content) for file in files]


def upload(client: Client, files: list[File]) -> str:
    """The address of the page that shows what would happen."""
    answer = client.post(START, {"workbooks": uploaded(files)})
    assert answer.status_code == 302
    return answer["Location"]


def digest_on(page: str) -> str:
    return page.split('name="digest" value="')[1].split('"')[0]


def test_only_the_office_imports(client: Client, programme: None) -> None:
    client.force_login(GrantFactory(role=Role.OFFICIAL).user)
    assert client.get(START).status_code == 403
    assert client.post(START).status_code == 403


def test_the_first_page_names_the_tables_and_their_headings(office: Client) -> None:
    page = office.get(START).content.decode()
    assert "街镇, 居民区, 户数, 居民区书记, 书记手机, 会场" in page


def test_checking_shows_what_would_happen_and_changes_nothing(office: Client, everything: Count) -> None:
    before = everything()
    page = office.get(upload(office, books.files(books.good()))).content.decode()
    assert "Import now" in page
    assert "1 of them vacant" in page
    assert everything() == before


def test_confirming_imports_what_was_shown_once(office: Client, everything: Count) -> None:
    address = upload(office, books.files(books.good()))
    digest = digest_on(office.get(address).content.decode())
    answer = office.post(f"{address}confirm/", {"digest": digest}, follow=True)
    assert Team.objects.count() == 3
    assert "Teams 3 new" in answer.content.decode()
    after = everything()
    assert office.post(f"{address}confirm/", {"digest": digest}).status_code == 404
    assert office.get(address).status_code == 404
    assert everything() == after


def test_a_second_upload_of_the_same_files_has_nothing_to_import(office: Client) -> None:
    address = upload(office, books.files(books.good()))
    office.post(f"{address}confirm/", {"digest": digest_on(office.get(address).content.decode())})
    page = office.get(upload(office, books.files(books.good()))).content.decode()
    assert "Everything in these files is in Manyi already." in page
    assert "Import now" not in page


def test_what_changed_meanwhile_is_shown_again_instead_of_imported(office: Client) -> None:
    address = upload(office, books.files(books.good()))
    digest = digest_on(office.get(address).content.decode())
    other = upload_for_another_coordinator(
        books.files({AREAS: books.good()[AREAS]} | {books.UNITS: books.good()[books.UNITS]})
    )
    assert other
    answer = office.post(f"{address}confirm/", {"digest": digest})
    assert answer.status_code == 409
    assert "The data has changed since this was checked." in answer.content.decode()
    assert not Team.objects.exists()
    fresh = digest_on(answer.content.decode())
    office.post(f"{address}confirm/", {"digest": fresh})
    assert Team.objects.count() == 3


def upload_for_another_coordinator(files: list[File]) -> bool:
    client = Client()
    client.force_login(GrantFactory(role=Role.COORDINATOR).user)
    address = upload(client, files)
    digest = digest_on(client.get(address).content.decode())
    return client.post(f"{address}confirm/", {"digest": digest}).status_code == 302


@pytest.mark.parametrize(
    "wrong",
    [one for one in WRONG if one.name in ("empty", "too-large", "secretary-phone", "missing-column", "password")],
    ids=lambda one: one.name,
)
def test_a_wrong_workbook_is_shown_with_its_cell_and_cannot_be_imported(
    office: Client, everything: Count, wrong: Wrong
) -> None:
    before = everything()
    address = upload(office, wrong.files())
    page = office.get(address).content.decode()
    assert wrong.sentence in page
    assert wrong.place.split(" · ")[-1] in page
    assert "Import now" not in page
    assert office.post(f"{address}confirm/", {"digest": ""}).status_code == 422
    assert everything() == before


def test_no_file_chosen_asks_for_one(office: Client) -> None:
    answer = office.post(START, {})
    assert answer.status_code == 422
    assert "Please choose at least one file." in answer.content.decode()


def test_more_than_ten_files_are_refused(office: Client) -> None:
    answer = office.post(START, {"workbooks": uploaded(books.files(books.good()) * 3)})
    assert answer.status_code == 422
    assert "Please choose at most 10 files." in answer.content.decode()


def test_a_name_that_is_markup_stays_text(office: Client) -> None:
    page = office.get(upload(office, [File("<b>areas.xlsx", b"")])).content.decode()
    assert "<b>areas" not in page


# -- The files between the two steps --------------------------------------------------------------


def test_nobody_else_sees_the_uploaded_files(office: Client) -> None:
    address = upload(office, books.files(books.good()))
    stranger = Client()
    stranger.force_login(GrantFactory(role=Role.COORDINATOR).user)
    assert stranger.get(address).status_code == 404
    assert stranger.post(f"{address}confirm/", {"digest": "x"}).status_code == 404
    assert not Area.objects.exists()


def test_uploaded_files_are_sealed_and_only_the_site_may_read_them(office: Client, folder: Path) -> None:
    upload(office, [File("a.csv", "姓名,手机\n王秀珍,19900000001".encode())])
    [kept] = (folder / "imports").iterdir()
    assert kept.stat().st_mode & 0o077 == 0
    for path in kept.iterdir():
        assert path.stat().st_mode & 0o077 == 0
        assert "王秀珍".encode() not in path.read_bytes()


def test_what_one_web_machine_took_another_imports(office: Client, settings: object, folder: Path) -> None:
    """All they share is the database, the keys and the folder of the photos."""
    settings.VAR_DIR = folder / "one"  # type: ignore[attr-defined]
    address = upload(office, books.files(books.good()))
    settings.VAR_DIR = folder / "two"  # type: ignore[attr-defined]
    office.post(f"{address}confirm/", {"digest": digest_on(office.get(address).content.decode())})
    assert Team.objects.count() == 3


def test_the_nightly_sweep_finds_uploads(programme: None, coordinator: User, folder: Path) -> None:
    at = timezone.now()
    Upload.keep([File("a.csv", b"x")], owner_id=coordinator.pk, at=at)
    assert forget_uploads(at + timedelta(hours=3)) == "1 uploads forgotten"
    assert list((folder / "imports").iterdir()) == []


def test_uploaded_files_are_gone_after_two_hours(programme: None, coordinator: User, folder: Path) -> None:
    at = timezone.now()
    kept = Upload.keep([File("a.csv", b"x")], owner_id=coordinator.pk, at=at)
    late = at + timedelta(hours=2, seconds=1)
    assert Upload.find(kept.token, owner_id=coordinator.pk, at=at) is not None
    assert Upload.find(kept.token, owner_id=coordinator.pk, at=late) is None
    assert uploads.sweep(late) == 1
    assert list((folder / "imports").iterdir()) == []


def test_a_new_upload_takes_the_place_of_the_one_before(office: Client) -> None:
    first = upload(office, books.files(books.good()))
    second = upload(office, books.files(books.good()))
    assert office.get(first).status_code == 404
    assert office.get(second).status_code == 200


@pytest.mark.parametrize("token", ["..", "a" * 200, "imports"])
def test_a_made_up_token_finds_nothing(office: Client, token: str) -> None:
    assert office.get(f"/import/{token}/").status_code == 404


# -- The rules -----------------------------------------------------------------------------------


def test_everybody_may_read_the_programmes_rules(client: Client, imported: object) -> None:
    client.force_login(GrantFactory(role=Role.AUDITOR).user)
    page = client.get(reverse("programmes:settings")).content.decode()
    assert "区房管局" in page
    assert "District coordination" in page
    assert "Import workbooks" not in page


def test_the_office_finds_the_import_among_the_settings(office: Client) -> None:
    assert reverse("programmes:start_import") in office.get(reverse("programmes:settings")).content.decode()


def more_rules(n: int) -> None:
    """So many categories with a department each, seats with an organ each, and days off."""
    template, next_year = TeamTemplate.objects.get(), timezone.now().year + 1
    position = SeatKind.objects.count() + 1
    for at in range(position, position + n):
        ResponsibilityFactory(category__code=f"category-{at}", unit=UnitFactory(name=f"职能部门{at}"))
        names = {"code": f"seat-{at}", "name_zh": f"席位{at}", "name_en": f"Seat {at}"}
        SeatKind.objects.create(template=template, position=at, supplied_by=UnitFactory(), **names)
        CalendarDay.objects.create(day=date(next_year, 11, at), kind=DayKind.OFF)


def test_the_rules_cost_the_same_whatever_the_size(office: Client, imported: object) -> None:
    more_rules(1)
    office.get("/settings/")
    with CaptureQueriesContext(connection) as few:
        assert office.get("/settings/").content.decode().count("职能部门") == 1
    more_rules(9)
    with CaptureQueriesContext(connection) as many:
        assert office.get("/settings/").content.decode().count("职能部门") == 10
    assert len(many) == len(few)


BUSY_HEADINGS = "姓名,手机,日期,时段,事由"


def busy_file(*lines: str, encoding: str = "utf-8") -> list[File]:
    return [File("没空.csv", "\r\n".join([BUSY_HEADINGS, *lines]).encode(encoding))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_of_busy_times_is_imported_once_whatever_its_encoding(
    office: Client, coordinator: User, encoding: str
) -> None:
    who = f"{coordinator.name},{coordinator.phone}"
    files = busy_file(
        f"{who},2026-10-08,全天,培训", f"{who},2026/10/9,上午,", f"{who},10月10日,下午,值班", encoding=encoding
    )
    address = upload(office, files)
    office.post(f"{address}confirm/", {"digest": digest_on(office.get(address).content.decode())})
    assert sorted({str(row.day) for row in coordinator.busy_times.all()}) == ["2026-10-08", "2026-10-09", "2026-10-10"]
    assert coordinator.busy_times.count() == 5
    assert "There is nothing to import" in office.get(upload(office, files)).content.decode()


def test_a_busy_time_that_makes_no_sense_is_named_with_its_cell(office: Client, coordinator: User) -> None:
    who = f"{coordinator.name},{coordinator.phone}"
    page = office.get(upload(office, busy_file(f"{who},2026-02-30,全天,", f"{who},2026-10-08,半夜,"))).content.decode()
    assert "C2" in page and "D3" in page and "Import now" not in page
