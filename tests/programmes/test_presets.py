"""Presets: every one loads twice with the same result; what is wrong is said with file and entry."""

from collections.abc import Callable
from datetime import date, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Q

from core.clock import SHANGHAI
from issues.models import DeadlineRule, Level
from programmes import preset_files
from programmes.load import load, published_holidays
from programmes.preset_files import PresetError
from teams.models import Programme, SeatKind
from tests.programmes.conftest import AT
from visits.models import CalendarDay, DayKind, VisitKind

Count = Callable[[], dict[str, int]]


@pytest.mark.parametrize("name", preset_files.names())
def test_a_preset_loads_twice_with_the_same_result(db: None, everything: Count, name: str) -> None:
    assert load(name, at=AT).created > 0
    before = everything()
    again = load(name, at=AT)
    assert (again.created, again.changed, again.kept) == (0, 0, [])
    assert everything() == before


def test_an_unknown_programme_says_which_there_are(db: None) -> None:
    with pytest.raises(CommandError, match=r"There is no programme 'shanyang'\. There are: .*xuhui"):
        call_command("load_programme", "shanyang")


def test_a_second_programme_is_refused(programme: None, preset: Callable[..., None]) -> None:
    preset(programme='code = "other"\nname_zh = "乙"\nname_en = "B"\ndistrict_zh = "乙区"\ndistrict_en = "B"')
    with pytest.raises(PresetError, match="runs the programme 'xuhui'"):
        load("other", at=AT)


def test_the_decided_time_limits_are_loaded(programme: None) -> None:
    rules = DeadlineRule.objects.on(date(2026, 4, 9)).values_list("level__number", "accept_days", "answer_days")
    assert list(rules.order_by("level__number")) == [(1, 3, 10), (2, 3, 15), (3, 3, 30), (4, 3, 60)]
    assert list(Level.objects.values_list("number", "office_confirms")) == [
        (1, False),
        (2, False),
        (3, True),
        (4, True),
    ]


def test_a_team_is_one_three_one(programme: None) -> None:
    seats = SeatKind.objects.values_list("name_zh", "role")
    assert list(seats) == [
        ("带队领导", "team_lead"),
        ("党代表", "team_member"),
        ("人大代表", "team_member"),
        ("政协委员", "team_member"),
        ("律师", "lawyer"),
    ]


def test_one_kind_of_visit_makes_a_round(programme: None) -> None:
    assert list(VisitKind.objects.filter(in_round=True).values_list("code", flat=True)) == ["concentrated"]


def test_what_the_district_changed_is_kept_and_named(programme: None) -> None:
    Level.objects.filter(number=2).update(name_zh="街道办事处")
    out = StringIO()
    call_command("load_programme", "xuhui", stdout=out)
    assert "kept as the district has it: xuhui/issues.toml, level street" in out.getvalue()
    assert Level.objects.get(number=2).name_zh == "街道办事处"


def test_an_update_writes_the_files_words_over_it(programme: None) -> None:
    Level.objects.filter(number=2).update(name_zh="街道办事处")
    assert load("xuhui", at=AT, update=True).changed == 1
    assert Level.objects.get(number=2).name_zh == "街道"


def test_new_time_limits_of_the_district_are_never_overwritten(programme: None) -> None:
    DeadlineRule.objects.filter(level__number=1).update(answer_days=7)
    loaded = load("xuhui", at=AT, update=True)
    assert loaded.kept == ["xuhui/issues.toml, level pairing-unit, time limits"]
    assert DeadlineRule.objects.get(level__number=1).answer_days == 7


# -- Holidays -------------------------------------------------------------------------------------


def test_a_published_year_has_its_holidays_and_the_weekend_days_worked_for_them(programme: None) -> None:
    october = dict(CalendarDay.objects.filter(day__year=2026, day__month=10).values_list("day", "kind"))
    assert {day.day for day, kind in october.items() if kind == DayKind.OFF} == {1, 2, 3, 5, 6, 7}
    assert {day.day for day, kind in october.items() if kind == DayKind.WORK} == {10}


def test_published_days_are_named_in_both_languages(programme: None) -> None:
    days = CalendarDay.objects.filter(day__in=[date(2026, 10, 1), date(2026, 10, 7), date(2026, 10, 10)])
    assert list(days.order_by("day").values_list("note_zh", "note_en")) == [
        ("国庆节", "National Day"),
        ("调休放假", "Shifted day off"),
        ("调休上班", "Shifted working day"),
    ]
    assert not CalendarDay.objects.filter(Q(note_zh="") | Q(note_en="")).exists()


@pytest.mark.parametrize("year", [1949, 2050, 2099])
def test_a_year_that_nobody_has_published_stays_open(year: int) -> None:
    assert list(published_holidays("CN", range(year, year + 1))) == []


def test_loading_in_a_year_without_a_calendar_is_no_error(db: None) -> None:
    load("xuhui", at=datetime(2050, 1, 1, tzinfo=SHANGHAI))
    assert not CalendarDay.objects.exists()


def test_the_offices_own_days_stay(programme: None) -> None:
    CalendarDay.objects.filter(day=date(2026, 10, 7)).update(note_zh="国庆节", kind=DayKind.WORK)
    load("xuhui", at=AT, update=True)
    assert CalendarDay.objects.get(day=date(2026, 10, 7)).kind == DayKind.WORK


# -- Wrong presets --------------------------------------------------------------------------------

PROGRAMME = 'code = "other"\nname_zh = "乙"\nname_en = "B"\ndistrict_zh = "乙区"\ndistrict_en = "B"\n'
LEVEL = '[[level]]\nnumber = 1\ncode = "a"\nname_zh = "甲"\nname_en = "A"\naccept_days = 3\nanswer_days = 10\nextension_days = 5\n'


@pytest.fixture
def preset(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., None]:
    """Write the files of a preset called `other`."""

    def write(**files: str) -> None:
        folder = tmp_path / "other"
        folder.mkdir(exist_ok=True)
        for stem, text in ({"programme": PROGRAMME} | files).items():
            (folder / f"{stem}.toml").write_text(text, encoding="utf-8")
        monkeypatch.setattr(preset_files, "FOLDER", tmp_path)

    return write


@pytest.mark.parametrize(
    ("file", "text", "sentence"),
    [
        ("issues", LEVEL, "other/issues.toml: holds_from is missing"),
        (
            "issues",
            "holds_from = 2016-01-01\n" + LEVEL.replace("10", '"ten"'),
            "other/issues.toml, level a: answer_days = 'ten' should be a int",
        ),
        (
            "issues",
            "holds_from = 2016-01-01\n" + LEVEL + "answer_day = 9\n",
            "other/issues.toml, level a: nobody reads answer_day; known are",
        ),
        ("visits", '[[kind]]\nname_zh = "甲"\nname_en = "A"\n', "other/visits.toml, kind 1: code is missing"),
        ("visits", "kind = [1]\n", "other/visits.toml: entry 1 of kind is not a table; write [[kind]]"),
        ("visits", "kind = \n", "other/visits.toml: Invalid value"),
        (
            "teams",
            '[[template]]\ncode = "t"\nname_zh = "甲"\nname_en = "A"\n[[template.seat]]\ncode = "s"\nname_zh = "乙"\nname_en = "B"\nrole = "king"\n',
            "other/teams.toml, template t, seat s: role = 'king' is not one of coordinator, official",
        ),
        (
            "teams",
            '[[template]]\ncode = "t"\nname_zh = "甲"\nname_en = "A"\n[[template.seat]]\ncode = "s"\nname_zh = "乙"\nname_en = "B"\nrole = "auditor"\n',
            "other/teams.toml, template t, seat s: role = 'auditor' does not come with a seat",
        ),
        (
            "programme",
            PROGRAMME.replace('"other"', '"another"'),
            "other/programme.toml: code should be 'other', the name of the folder",
        ),
        (
            "holidays",
            'country = "Atlantis"\n',
            "holidays.toml: the library of holidays does not know the country 'Atlantis'",
        ),
        (
            "holidays",
            '[[day]]\nday = "2026-10-10"\nkind = "work"\n',
            "other/holidays.toml, day 1: day = '2026-10-10' should be a date",
        ),
        ("assessment", "[small_sample]\nshown_from = 10\n", "other/assessment.toml: "),
    ],
)
def test_a_wrong_preset_says_file_and_entry_and_loads_nothing(
    db: None, preset: Callable[..., None], file: str, text: str, sentence: str
) -> None:
    preset(**{file: text})
    with pytest.raises(PresetError) as refused:
        load("other", at=AT)
    assert str(refused.value).startswith(sentence)
    assert not Programme.objects.exists()


def test_a_small_preset_is_enough(db: None, preset: Callable[..., None]) -> None:
    """A programme says only where it differs; files it does not need are left out."""
    preset(issues="holds_from = 2016-01-01\n" + LEVEL)
    load("other", at=AT)
    assert Programme.current().name_en == "B"
