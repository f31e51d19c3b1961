"""Importing workbooks: what a right import finds, and what a wrong one says and leaves alone."""

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from core.clock import SHANGHAI
from core.events import history_of, verify
from issues.counters import differences
from issues.models import Assignment, Issue, IssueNumber, Responsibility
from issues.vault import issues_by_phone
from programmes.imports.reading import read
from programmes.imports.report import Report
from programmes.imports.run import Changed, File, check, run
from teams.models import Area, Grant, Membership, OrgUnit, Pairing, PhoneChange, Programme, Seat, SeatKind, Team, User
from teams.permissions import Role
from teams.services import replace_member
from tests.factories.teams import UserFactory
from tests.programmes import bad_workbooks as books
from tests.programmes.bad_workbooks import AREAS, BUSY, LEDGER, TEAMS, UNITS, WRONG, Wrong
from tests.programmes.conftest import AT
from visits.models import BusyTime, CalendarDay, DayKind, DayPart

HUINING = Path(__file__).parents[2] / "programmes/demo_data/huining"
Count = Callable[[], dict[str, int]]
FACTS = json.loads((Path(__file__).parent / "facts.json").read_text())


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def changed(books_: books.Books, *names: str) -> list[File]:
    return [books.file(name, books_[name]) for name in names]


def lines(report: Report) -> dict[str, tuple[int, int, int]]:
    return {str(count.label): (count.created, count.changed, count.left) for count in report.counts}


# -- The district's own workbooks -----------------------------------------------------------------


@pytest.mark.slow
def test_the_districts_workbooks_hold_what_the_facts_say(programme: None, everything: Count) -> None:
    files = [File(path.name, path.read_bytes()) for path in sorted(HUINING.iterdir())]
    run(files, by=None, at=AT)
    members = User.objects.filter(memberships__isnull=False).distinct()
    found = {
        "district": Programme.current().district_zh,
        "streets": OrgUnit.objects.streets().count(),
        "areas": Area.objects.count(),
        "teams": Team.objects.count(),
        "seats": Seat.objects.count(),
        "vacant_seats": Seat.objects.exclude(memberships__until_day=None, memberships__isnull=False).count(),
        "distinct_members": members.count(),
        "ledger_rows": Issue.objects.count(),
    }
    assert found == FACTS
    assert differences() == []
    assert verify() is None
    before = everything()
    second = run(files, by=None, at=AT)
    assert not second.has_changes
    assert everything() == before


def test_a_dry_run_says_what_an_import_would_do_and_changes_nothing(programme: None, everything: Count) -> None:
    files = books.files(books.good())
    before = everything()
    shown = check(files, at=AT)
    assert everything() == before
    assert lines(shown) == lines(run(files, by=None, at=AT))


def test_a_second_import_leaves_everything(imported: Report, everything: Count) -> None:
    before = everything()
    again = run(books.files(books.good()), by=None, at=AT)
    assert lines(again) == {
        name: (0, 0, created + changed + left) for name, (created, changed, left) in lines(imported).items()
    }
    assert everything() == before


def test_what_changed_since_it_was_shown_is_not_imported(programme: None, everything: Count) -> None:
    files = books.files(books.good())
    shown = check(files, at=AT)
    run(changed(books.good(), UNITS), by=None, at=AT)
    before = everything()
    with pytest.raises(Changed) as refused:
        run(files, by=None, at=AT, shown=shown.digest)
    assert refused.value.report.digest != shown.digest
    assert everything() == before


def test_an_import_without_a_programme_says_so(db: None) -> None:
    report = check(books.files(books.good()), at=AT)
    assert "No programme is installed yet. Load one first: manage.py load_programme." in [
        str(error.sentence) for error in report.errors
    ]


# -- Wrong workbooks ------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.name)
def test_a_wrong_workbook_says_where_and_what_and_changes_nothing(
    programme: None, wrong: Wrong, everything: Count
) -> None:
    """One mistake gives one sentence or two, not a page of consequences."""
    before = everything()
    errors = [str(error) for error in run(wrong.files(), by=None, at=AT).errors]
    assert errors[0] == wrong.line
    assert len(errors) <= 2
    assert everything() == before


def test_every_file_is_looked_at_though_one_cannot_be_read(programme: None) -> None:
    """The areas are missing, but the other tables are not blamed for it, only for their own mistakes."""
    books_ = books.good()
    books_[BUSY][""][1][2] = "下周"
    files = [File(AREAS, b"") if file.name == AREAS else file for file in books.files(books_)]
    assert [str(error) for error in check(files, at=AT).errors] == [
        "02_areas.xlsx · The file is empty (0 bytes).",
        "05_busy_times.csv · C2 · This is not a date. Write it like 2026-10-09 or 10月9日.",
    ]


def test_the_command_prints_one_line_for_each_problem_and_fails(
    programme: None, tmp_path: Path, everything: Count
) -> None:
    books_ = books.good()
    books_[AREAS]["居民区"][2][4] = "1991000001"
    books_[TEAMS]["荷塘镇"][2][1] = "夏塘里"
    for file in books.files(books_):
        (tmp_path / file.name).write_bytes(file.content)
    before, out = everything(), StringIO()
    with pytest.raises(CommandError, match="Nothing was imported"):
        call_command("import_workbooks", tmp_path, stdout=out)
    assert out.getvalue().splitlines() == [
        "02_areas.xlsx · 居民区 · E3 · A mobile number has 11 digits; this one has 10.",
        "03_teams.xlsx · 荷塘镇 · B3 · There is no residential area called “夏塘里” in the list of areas.",
    ]
    assert everything() == before


def test_the_commands_dry_run_prints_the_summary_and_changes_nothing(
    programme: None, tmp_path: Path, everything: Count
) -> None:
    for file in books.files(books.good()):
        (tmp_path / file.name).write_bytes(file.content)
    (tmp_path / "~$03_teams.xlsx").write_bytes(b"what Excel leaves beside an open workbook")
    before, out = everything(), StringIO()
    call_command("import_workbooks", tmp_path, dry_run=True, stdout=out)
    assert "Teams: 3 created, 0 changed, 0 left" in out.getvalue().splitlines()
    assert "Seats (1 of them vacant): 15 created, 0 changed, 0 left" in out.getvalue().splitlines()
    assert everything() == before


def test_the_command_refuses_a_folder_without_workbooks(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no workbook"):
        call_command("import_workbooks", tmp_path)


# -- How offices type -----------------------------------------------------------------------------


def test_numbers_and_names_are_kept_in_one_spelling(imported: Report) -> None:
    people = dict(User.objects.values_list("phone", "name"))
    assert people["19974883284"] == "侯鹏瑞"
    assert people["19990504239"] == "江明"
    assert people["19975938641"] == "武轩佳"
    assert people["19908975635"] == "万雨娜"


def test_the_offices_landline_is_kept_but_nobody_signs_in_with_it(imported: Report) -> None:
    office = OrgUnit.objects.get(name="领导小组办公室")
    assert (office.contact_name, office.contact_phone) == ("彭萍", "021-5555 0100")
    assert not User.objects.filter(name="彭萍").exists()


def test_contacts_handle_their_units_issues_and_secretaries_their_areas(imported: Report) -> None:
    handlers = Grant.objects.filter(role=Role.HANDLER).values_list("user__name", "unit__name")
    assert set(handlers) == {("侯鹏瑞", "长堤街道"), ("江明", "荷塘镇"), ("武轩佳", "区科委"), ("万雨娜", "区房管局")}
    secretaries = Grant.objects.filter(role=Role.SECRETARY).values_list("user__name", "area__name")
    assert set(secretaries) == {("王秀珍", "春申坊"), ("韩鑫", "望潮苑"), ("阎秋丽", "荷塘里")}


def test_an_area_belongs_to_the_street_above_it_and_loses_the_word_at_its_end(imported: Report) -> None:
    areas = Area.objects.values_list("name", "street__name", "households")
    assert set(areas) == {("春申坊", "长堤街道", 1853), ("望潮苑", "长堤街道", 1200), ("荷塘里", "荷塘镇", 900)}


def test_a_vacant_seat_has_nobody(imported: Report) -> None:
    seat = Seat.objects.get(team__number=2, kind__code="cppcc_member")
    assert not seat.memberships.exists()
    assert Membership.objects.count() == 14


def test_seats_and_pairings_hold_from_the_first_day_of_the_rosters_year(imported: Report) -> None:
    assert set(Membership.objects.values_list("from_day", flat=True)) == {date(2026, 1, 1)}
    assert set(Pairing.objects.values_list("from_day", flat=True)) == {date(2026, 1, 1)}


def test_a_lead_brings_post_and_unit_and_a_lawyer_the_firm(imported: Report) -> None:
    lead, lawyer = User.objects.get(name="带队1"), User.objects.get(name="律师1")
    assert (lead.title, lead.unit.name, lawyer.law_firm) == ("局长", "区科委", "天衡律师事务所")


def test_a_team_may_have_two_areas(programme: None) -> None:
    books_ = books.good()
    books_[TEAMS]["荷塘镇"][2] = books.team(1, "荷塘里", "区科委")
    report = run(books.files(books_), by=None, at=AT)
    assert report.errors == []
    assert set(Pairing.objects.filter(team__number=1).values_list("area__name", flat=True)) == {"春申坊", "荷塘里"}


def test_a_whole_busy_day_is_three_parts_and_a_date_takes_the_files_year(imported: Report) -> None:
    assert set(BusyTime.objects.values_list("user__name", "day", "part")) == {
        ("带队1", date(2026, 10, 8), DayPart.MORNING),
        ("带队1", date(2026, 10, 8), DayPart.AFTERNOON),
        ("带队1", date(2026, 10, 8), DayPart.EVENING),
        ("带队2", date(2026, 10, 9), DayPart.EVENING),
    }


def test_busy_times_of_somebody_unknown_are_left_out_and_said(programme: None) -> None:
    books_ = books.good()
    books_[BUSY][""].append(["周玉", "19961363299", "2026-10-09", "上午", "出差"])
    report = run(books.files(books_), by=None, at=AT)
    assert [str(remark) for remark in report.remarks] == [
        "05_busy_times.csv · B4 · Nobody in Manyi has this number; the line is left out."
    ]
    assert BusyTime.objects.count() == 4


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16"])
def test_text_files_are_read_in_the_encodings_of_chinese_offices(encoding: str) -> None:
    sheet = read(books.text([["姓名", "手机"], ["顾行知", "199"]], encoding))[0]
    assert [line.values for line in sheet.lines] == [("姓名", "手机"), ("顾行知", "199")]


def test_a_formula_counts_with_the_result_stored_beside_it(programme: None) -> None:
    files = [
        File(AREAS, books.with_formula("1853")) if file.name == AREAS else file for file in books.files(books.good())
    ]
    assert run(files, by=None, at=AT).errors == []
    assert Area.objects.get(name="春申坊").households == 1853


def test_a_hidden_sheet_is_not_read(programme: None) -> None:
    book = books.good()[UNITS] | {"旧表": [["2025年数据，不用"]]}
    files = [File(UNITS, books.workbook(book, hidden="旧表")), *changed(books.good(), AREAS)]
    report = run(files, by=None, at=AT)
    assert report.errors == []
    assert [str(remark) for remark in report.remarks] == [
        "01_units.xlsx · 旧表 · The sheet is hidden and was not read."
    ]


def test_the_offices_holidays_go_before_the_librarys(imported: Report) -> None:
    day = CalendarDay.objects.get(day=date(2026, 10, 10))
    assert (day.kind, day.note_zh) == (DayKind.WORK, "国庆节调休")


def test_supplying_organs_are_linked_once_their_units_are_known(programme: None) -> None:
    assert not SeatKind.objects.exclude(supplied_by=None).exists()
    books_ = books.good()
    books_[UNITS]["单位"].append(["区司法局", "区级机关", "石怡然", "19918760702"])
    run(changed(books_, UNITS), by=None, at=AT)
    assert SeatKind.objects.get(code="lawyer").supplied_by.name == "区司法局"


# -- The ledger -----------------------------------------------------------------------------------


def test_ledger_rows_become_issues_with_their_course(imported: Report) -> None:
    issue = Issue.objects.get(code="26Q2-0001")
    assert (issue.quarter, issue.status, issue.ending, issue.raised_on) == (
        "26Q2",
        "resolved",
        "resolved",
        date(2026, 4, 9),
    )
    assert (issue.team.number, issue.street.name, issue.owner_unit.name) == (1, "长堤街道", "区科委")
    assert (issue.days_used, issue.due_on) == (4, date(2026, 4, 23))
    course = history_of(issue).order_by("object_seq").values_list("verb", "occurred_at__date")
    assert list(course) == [
        ("submit", date(2026, 4, 9)),
        ("route", date(2026, 4, 9)),
        ("accept", date(2026, 4, 9)),
        ("confirm_resolved", date(2026, 4, 15)),
        ("import", date(2026, 9, 21)),
    ]
    assert not Assignment.objects.filter(issue=issue, until=None).exists()


def test_a_ledger_read_in_pieces_is_the_same_ledger(programme: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("issues.importing.ISSUES_AT_ONCE", 2)
    monkeypatch.setattr("programmes.imports.run.EVENTS_AT_ONCE", 4)
    run(books.files(books.good()), by=None, at=AT)
    codes = Issue.objects.order_by("code").values_list("code", flat=True)
    assert list(codes) == ["26Q2-0001", "26Q2-0002", "26Q2-0003"]
    for issue in Issue.objects.all():
        events = history_of(issue).order_by("object_seq")
        assert [event.verb for event in events][:2] == ["submit", "route"]
        assert {event.payload.get("code", issue.code) for event in events} == {issue.code}
    assert differences() == []
    assert verify() is None


def test_an_open_ledger_row_lies_on_its_desk(imported: Report) -> None:
    issue = Issue.objects.get(code="26Q2-0002")
    assert (issue.status, issue.ending, issue.closed_at) == ("in_progress", "", None)
    assert Assignment.objects.get(issue=issue, until=None).unit.name == "长堤街道"


def test_who_raised_it_goes_into_the_vault(imported: Report) -> None:
    issue = issues_by_phone("199 1135 1510").get()
    assert issue.code == "26Q2-0002"
    assert (issue.reporter.name_masked, issue.reporter.phone_masked) == ("卢**", "199****1510")
    assert "卢静" not in issue.reporter.name_sealed


def test_new_numbers_come_after_the_ledgers(imported: Report) -> None:
    assert IssueNumber.objects.get(quarter="26Q2").last == 3


def test_counters_agree_with_the_imported_issues(imported: Report) -> None:
    assert differences() == []


def test_a_ledger_never_overwrites_an_issue(imported: Report) -> None:
    books_ = books.good()
    books_[LEDGER]["台账"][3][8:10] = ["已解决", date(2026, 6, 1)]
    report = run(changed(books_, LEDGER), by=None, at=AT)
    assert [count.note for count in report.counts] == ["1 stand otherwise in Manyi and stay so"]
    assert Issue.objects.get(code="26Q2-0002").status == "in_progress"


def test_a_number_that_is_another_issue_is_refused(imported: Report) -> None:
    books_ = books.good()
    books_[LEDGER]["台账"][2][3] = "别的事情"
    report = run(changed(books_, LEDGER), by=None, at=AT)
    assert [str(error) for error in report.errors] == [
        "04_ledger_2026q2.xlsx · 台账 · A3 · 26Q2-0001 is another issue in Manyi: “楼道灯坏了”."
    ]


# -- Importing again with changes -------------------------------------------------------------------


def test_another_person_on_a_seat_replaces_the_one_before_from_today(imported: Report) -> None:
    books_ = books.good()
    books_[TEAMS]["荷塘镇"][2][12:15] = ["赵新", "至公律师事务所", "19970009999"]
    report = run(changed(books_, TEAMS), by=None, at=AT)
    assert lines(report)["Seats"] == (0, 1, 14)
    seat = Seat.objects.get(team__number=3, kind__code="lawyer")
    assert list(seat.memberships.values_list("user__name", "from_day", "until_day")) == [
        ("赵新", date(2026, 9, 21), None),
        ("律师3", date(2026, 1, 1), date(2026, 9, 20)),
    ]


def test_a_seat_that_falls_vacant_ends_its_membership(imported: Report) -> None:
    books_ = books.good()
    books_[TEAMS]["荷塘镇"][2][10:12] = ["暂缺", None]
    run(changed(books_, TEAMS), by=None, at=AT)
    last = Membership.objects.get(seat__team__number=3, seat__kind__code="cppcc_member")
    assert last.until_day == date(2026, 9, 20)


def test_an_area_that_goes_to_another_team_keeps_its_past(imported: Report) -> None:
    books_ = books.good()
    books_[TEAMS]["荷塘镇"][2][0] = "第4团队"
    report = run(changed(books_, TEAMS), by=None, at=AT)
    assert lines(report)["Pairs of team and area"] == (0, 1, 2)
    past = Pairing.objects.filter(area__name="荷塘里").values_list("team__number", "until_day")
    assert set(past) == {(3, date(2026, 9, 20)), (4, None)}


def test_a_new_secretary_follows_the_one_before(imported: Report) -> None:
    books_ = books.good()
    books_[AREAS]["居民区"][2][3:5] = ["李梅", "19910000009"]
    run(changed(books_, AREAS), by=None, at=datetime(2026, 9, 28, 9, tzinfo=SHANGHAI))
    rows = Grant.objects.filter(area__name="春申坊").values_list("user__name", "until_day")
    assert set(rows) == {("王秀珍", date(2026, 9, 27)), ("李梅", None)}


def test_a_changed_responsibility_begins_today(imported: Report) -> None:
    books_ = books.good()
    books_[UNITS]["职责清单"][1][1] = "区科委"
    run(changed(books_, UNITS), by=None, at=AT)
    entries = Responsibility.objects.values_list("unit__name", "from_day", "until_day")
    assert set(entries) == {("区房管局", date(2026, 1, 1), date(2026, 9, 20)), ("区科委", date(2026, 9, 21), None)}
    old, new = Responsibility.objects.order_by("from_day")
    assert [(event.verb, event.payload) for event in history_of(old)][:1] == [("change", {"until_day": "2026-09-20"})]
    assert [(event.verb, event.payload["unit"]) for event in history_of(new)] == [("create", new.unit_id)]


def test_a_responsibility_changed_twice_on_a_day_is_put_right_and_both_stay_in_the_log(imported: Report) -> None:
    books_ = books.good()
    for unit in ("区科委", "长堤街道"):
        books_[UNITS]["职责清单"][1][1] = unit
        run(changed(books_, UNITS), by=None, at=AT)
    entries = Responsibility.objects.values_list("unit__name", "from_day", "until_day")
    assert set(entries) == {("区房管局", date(2026, 1, 1), date(2026, 9, 20)), ("长堤街道", date(2026, 9, 21), None)}
    units = dict(OrgUnit.objects.values_list("pk", "name"))
    told = history_of(Responsibility.objects.latest("from_day")).order_by("object_seq")
    assert [(event.verb, units[event.payload["unit"]]) for event in told] == [
        ("create", "区科委"),
        ("change", "长堤街道"),
    ]
    assert verify() is None


def new_number(old: str, new: str) -> None:
    user = User.objects.get(phone=old)
    PhoneChange.objects.create(user=user, old_phone=old, new_phone=new, asked_at=AT, ended_at=AT, outcome="done")
    User.objects.filter(pk=user.pk).update(phone=new)


def test_somebody_is_recognised_by_the_number_before(imported: Report, everything: Count) -> None:
    """On the roster and among the busy times; the newer number stays."""
    old, before = books.phone(1, 0), everything()
    new_number(old, "19912345678")
    report = run(changed(books.good(), TEAMS, BUSY), by=None, at=AT)
    words = "带队1 has another number by now; the workbook still has the earlier one."
    assert [str(remark) for remark in report.remarks] == [
        f"03_teams.xlsx · 长堤街道 · F3 · {words}",
        f"05_busy_times.csv · B2 · {words}",
    ]
    assert not report.has_changes
    assert User.objects.get(name="带队1").phone == "19912345678"
    assert everything() == before | {"teams.PhoneChange": before["teams.PhoneChange"] + 1}


def test_an_earlier_number_is_nobodys_under_another_name(imported: Report) -> None:
    books_ = books.good()
    books_[TEAMS]["荷塘镇"][2][3] = "别人"
    new_number(books.phone(3, 0), "19912345678")
    report = run(changed(books_, TEAMS), by=None, at=AT)
    assert (report.errors, report.remarks) == ([], [])
    assert set(User.objects.filter(name__in=["别人", "带队3"]).values_list("name", "phone")) == {
        ("别人", books.phone(3, 0)),
        ("带队3", "19912345678"),
    }


def test_an_earlier_number_belongs_to_whoever_has_it_now(imported: Report) -> None:
    new_number(books.phone(1, 0), "19912345678")
    UserFactory(name="带队1", phone=books.phone(1, 0))
    report = run(changed(books.good(), TEAMS), by=None, at=AT)
    assert report.remarks == []
    seat = Seat.objects.get(team__number=1, kind__code="lead")
    assert seat.memberships.get(until_day=None).user.phone == books.phone(1, 0)


def test_a_number_somebody_did_not_take_in_the_end_is_not_looked_for(imported: Report) -> None:
    user = User.objects.get(name="律师1")
    asked = {"old_phone": "19900001111", "new_phone": "19900002222", "asked_at": AT, "ended_at": AT}
    PhoneChange.objects.create(user=user, outcome="withdrawn", **asked)
    books_ = books.good()
    books_[TEAMS]["长堤街道"][2][14] = "19900001111"
    run(changed(books_, TEAMS), by=None, at=AT)
    assert User.objects.filter(name="律师1").count() == 2


def test_a_number_known_under_another_name_is_refused(imported: Report) -> None:
    books_ = books.good()
    books_[TEAMS]["荷塘镇"][2][3] = "别人"
    report = run(changed(books_, TEAMS), by=None, at=AT)
    assert [str(error) for error in report.errors] == [
        "03_teams.xlsx · 荷塘镇 · F3 · This number already belongs to 带队3. Check the number, or change the name in Manyi first."
    ]


def test_a_rule_that_forbids_a_change_stops_the_import(imported: Report, everything: Count) -> None:
    """The seat was given to somebody else this morning, so the roster cannot give it away again today."""
    seat = Seat.objects.get(team__number=3, kind__code="lawyer")
    replace_member(
        seat=seat, user=User.objects.get(name="律师1"), from_day=date(2026, 9, 21), reason="调动", by=None, at=AT
    )
    before = everything()
    report = run(changed(books.good(), TEAMS), by=None, at=AT)
    assert [str(error.place) for error in report.errors] == [TEAMS]
    assert everything() == before
