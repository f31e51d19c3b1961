"""Loading a preset. Entries are recognised by their natural keys, so loading again changes nothing.

What the district has changed since stays as it is: presets are where a programme begins, not what it is ruled by.
`update=True` writes the files' words over it, except time limits, which are dated: a new one is a new row.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

import holidays
from django.db import models, transaction

from assessment.models import RuleSet
from assessment.services import load_rule_set
from core.clock import today
from core.events import Happened, append_many
from core.refusals import RuleBroken
from issues.models import Category, DeadlineRule, Level
from notifications.models import ReminderRule
from notifications.rulebook import mistakes_in
from programmes.preset_files import Entry, Preset, PresetError
from teams.models import OrgUnit, Programme, SeatKind, TeamTemplate
from teams.permissions import Role
from visits.models import (
    CalendarDay,
    DayKind,
    Doer,
    PreparationStep,
    Purpose,
    ResidentKind,
    StepKind,
    TeamDuty,
    VisitKind,
)

SHIFTED_OFF = ("调休放假", "Shifted day off")
SHIFTED_WORK = ("调休上班", "Shifted working day")
SEAT_ROLES = {Role.TEAM_LEAD, Role.TEAM_MEMBER, Role.LAWYER}


@dataclass
class Loaded:
    """What loading did. `kept` names entries that differ from the files and were left as they are."""

    at: datetime
    update: bool = False
    created: int = 0
    changed: int = 0
    same: int = 0
    kept: list[str] = field(default_factory=list)
    happened: list[Happened] = field(default_factory=list)

    def put(self, model: type[models.Model], key: dict[str, Any], values: dict[str, Any], where: str) -> Any:
        row = model._default_manager.filter(**key).first()
        if row is None:
            row = model(**key, **values)
            row.save()
            self.created += 1
            self.happened.append(Happened(row, "load", None, self.at, {"entry": where}))
            return row
        differing = {name: value for name, value in values.items() if getattr(row, name) != value}
        if not differing:
            self.same += 1
        elif self.update:
            self._overwrite(row, differing, where)
        else:
            self.kept.append(where)
        return row

    def _overwrite(self, row: models.Model, differing: dict[str, Any], where: str) -> None:
        for name, value in differing.items():
            setattr(row, name, value)
        row.save(update_fields=list(differing))
        self.changed += 1
        self.happened.append(Happened(row, "load", None, self.at, {"entry": where, **differing}))


def load(name: str, *, at: datetime, update: bool = False) -> Loaded:
    """All files of the preset, or nothing when one of them is wrong."""
    preset = Preset.find(name)
    loaded = Loaded(at, update)
    with transaction.atomic():
        for part in PARTS:
            part(preset, loaded)
        append_many(loaded.happened)
    return loaded


def _programme(preset: Preset, loaded: Loaded) -> None:
    file = preset.file("programme")
    file.only("code", "name_zh", "name_en", "district_zh", "district_en", "seal_char", "office_phone", "scores_enabled")
    if file.text("code") != preset.name:
        raise PresetError(f"{file.where}: code should be {preset.name!r}, the name of the folder")
    installed = Programme.objects.first()
    if installed is not None and installed.code != preset.name:
        raise PresetError(f"This installation runs the programme {installed.code!r}; a second one needs its own")
    values = {
        "code": preset.name,
        **_names(file),
        "district_zh": file.text("district_zh"),
        "district_en": file.text("district_en"),
        "seal_char": file.text("seal_char", "满"),
        "office_phone": file.text("office_phone", ""),
        "scores_enabled": file.flag("scores_enabled", True),
    }
    loaded.put(Programme, {"id": 1}, values, file.where)


def _teams(preset: Preset, loaded: Loaded) -> None:
    file = preset.file("teams").only("template")
    for entry in file.entries("template"):
        entry.only("code", "name_zh", "name_en", "seat")
        template = loaded.put(TeamTemplate, {"code": entry.text("code")}, _names(entry), entry.where)
        for position, seat in enumerate(entry.entries("seat"), start=1):
            _seat(seat, template, position, loaded)


def _seat(entry: Entry, template: TeamTemplate, position: int, loaded: Loaded) -> None:
    entry.only("code", "name_zh", "name_en", "role", "supplied_by")
    role = entry.choice("role", Role)
    if role not in SEAT_ROLES:
        raise PresetError(f"{entry.where}: role = {role!r} does not come with a seat")
    values = {**_names(entry), "role": role, "position": position}
    kind = loaded.put(SeatKind, {"template": template, "code": entry.text("code")}, values, entry.where)
    organ = OrgUnit.objects.filter(name=entry.text("supplied_by", "")).first()
    if organ is not None and kind.supplied_by_id is None:
        kind.supplied_by = organ
        kind.save(update_fields=["supplied_by"])
        loaded.happened.append(Happened(kind, "load", None, loaded.at, {"supplied_by": organ.pk}))


def _visits(preset: Preset, loaded: Loaded) -> None:
    file = preset.file("visits").only("holds_from", "kind", "window", "preparation", "resident", "duty")
    for position, entry in enumerate(file.entries("kind"), start=1):
        entry.only("code", "name_zh", "name_en", "in_round", "purpose")
        purpose = entry.choice("purpose", Purpose, Purpose.PLANNED)
        flags = {"in_round": entry.flag("in_round", False), "purpose": purpose}
        values = {**_names(entry), "position": position, **flags}
        loaded.put(VisitKind, {"code": entry.text("code")}, values, entry.where)
    for position, entry in enumerate(file.entries("preparation"), start=1):
        _preparation(entry, file.day("holds_from"), position, loaded)
    for position, entry in enumerate(file.entries("resident"), start=1):
        entry.only("code", "name_zh", "name_en", "all_new")
        values = {**_names(entry), "position": position, "all_new": entry.flag("all_new", False)}
        loaded.put(ResidentKind, {"code": entry.text("code")}, values, entry.where)
    for position, entry in enumerate(file.entries("duty"), start=1):
        entry.only("code", "name_zh", "name_en", "hint_zh", "hint_en")
        hints = {name: entry.text(name, "") for name in ("hint_zh", "hint_en")}
        key = {"code": entry.text("code"), "from_day": file.day("holds_from")}
        loaded.put(TeamDuty, key, {**_names(entry), **hints, "position": position}, entry.where)


def _preparation(entry: Entry, holds_from: date, position: int, loaded: Loaded) -> None:
    """A step of the preparation. It is dated: one that the district has ended or replaced stays as it is."""
    entry.only(
        *("code", "name_zh", "name_en", "hint_zh", "hint_en", "kind", "who", "days_before", "least", "most"),
    )
    values = {
        **_names(entry),
        "hint_zh": entry.text("hint_zh", ""),
        "hint_en": entry.text("hint_en", ""),
        "kind": entry.choice("kind", StepKind) if "kind" in entry.values else StepKind.TICK,
        "who": entry.choice("who", Doer),
        "days_before": entry.number("days_before"),
        "least": entry.number("least") if "least" in entry.values else None,
        "most": entry.number("most") if "most" in entry.values else None,
        "position": position,
    }
    loaded.put(PreparationStep, {"code": entry.text("code"), "from_day": holds_from}, values, entry.where)


def _issues(preset: Preset, loaded: Loaded) -> None:
    file = preset.file("issues").only("holds_from", "level", "category")
    for entry in file.entries("level"):
        _level(entry, file.day("holds_from"), loaded)
    for position, entry in enumerate(file.entries("category"), start=1):
        entry.only("code", "name_zh", "name_en", "frequent")
        values = {**_names(entry), "position": position, "is_frequent": entry.flag("frequent", False)}
        loaded.put(Category, {"code": entry.text("code")}, values, entry.where)


def _level(entry: Entry, holds_from: date, loaded: Loaded) -> None:
    entry.only(
        "number", "code", "name_zh", "name_en", "office_confirms", "accept_days", "answer_days", "extension_days"
    )
    values = {"code": entry.text("code"), **_names(entry), "office_confirms": entry.flag("office_confirms", False)}
    level = loaded.put(Level, {"number": entry.number("number")}, values, entry.where)
    limits = {name: entry.number(name) for name in ("accept_days", "answer_days", "extension_days")}
    if not level.deadlines.exists():
        loaded.put(DeadlineRule, {"level": level, "from_day": holds_from}, limits, entry.where)
    elif not level.deadlines.open_ended().filter(**limits).exists():
        loaded.kept.append(f"{entry.where}, time limits")


def _holidays(preset: Preset, loaded: Loaded) -> None:
    """Public holidays of last year to next year; a day that is there already is the office's own."""
    file = preset.file("holidays").only("country", "day")
    known = set(CalendarDay.objects.values_list("day", flat=True))
    year = today(loaded.at).year
    for entry in file.entries("day"):
        entry.only("day", "kind", "note_zh", "note_en")
        notes = {name: entry.text(name, "") for name in ("note_zh", "note_en")}
        values = {"kind": entry.choice("kind", DayKind), **notes}
        loaded.put(CalendarDay, {"day": entry.day("day")}, values, entry.where)
        known.add(entry.day("day"))
    for row in published_holidays(file.text("country", ""), range(year - 1, year + 2)):
        if row.day not in known:
            values = {"kind": row.kind, "note_zh": row.note_zh, "note_en": row.note_en}
            loaded.put(CalendarDay, {"day": row.day}, values, f"{file.where}, {row.day}")


def _assessment(preset: Preset, loaded: Loaded) -> None:
    """The year's scoring rules, as a draft that two officials approve. A year that has rules keeps them."""
    file = preset.file("assessment")
    year = today(loaded.at).year
    if not file.values:
        return
    if RuleSet.objects.filter(year=year).exists() and not loaded.update:
        loaded.same += 1
        return
    before = RuleSet.objects.count()
    try:
        load_rule_set(year=year, body=dict(file.values), by=None, at=loaded.at)
    except RuleBroken as error:
        raise PresetError(f"{file.where}: {error}") from None
    loaded.created += RuleSet.objects.count() - before


def _reminders(preset: Preset, loaded: Loaded) -> None:
    for entry in preset.file("reminders").only("rule").entries("rule"):
        entry.only("code", "kind", "source", "channels", "mandatory", "late_hours", "quiet", "on_working_days", "step")
        quiet = _hours(entry)
        values: dict[str, Any] = {
            "kind": entry.text("kind"),
            "source": entry.text("source"),
            "steps": [dict(step.values) for step in entry.entries("step")],
            "channels": entry.texts("channels"),
            "mandatory": entry.flag("mandatory", False),
            "late_hours": entry.number("late_hours", 24),
            "quiet_from": quiet[0],
            "quiet_until": quiet[1],
            "on_working_days": entry.flag("on_working_days", False),
        }
        if mistakes := mistakes_in(values):
            raise PresetError(f"{entry.where}: {'; '.join(mistakes)}")
        loaded.put(ReminderRule, {"code": entry.text("code")}, values, entry.where)


def _hours(entry: Entry) -> tuple[time, time]:
    """From when until when nothing may disturb anybody."""
    words = entry.texts("quiet") or ["21:00", "08:00"]
    try:
        start, end = (time.fromisoformat(word) for word in words)
    except ValueError:
        raise PresetError(f"{entry.where}: quiet = {words!r} should be two times like 21:00") from None
    return start, end


def published_holidays(country: str, years: range) -> Iterator[CalendarDay]:
    """Days off and worked weekend days of the years whose calendar has been published.

    Before that the library only guesses the statutory days; it is known by the weekend days that are worked.
    """
    if not country:
        return
    for year in years:
        try:
            calendar = holidays.country_holidays(country, years=year, language="zh_CN")
            english = holidays.country_holidays(country, years=year, language="en_US")
        except NotImplementedError:
            raise PresetError(f"holidays.toml: the library of holidays does not know the country {country!r}") from None
        worked = {day for day in calendar.weekend_workdays if day.year == year}
        if not worked:
            continue
        for day, name in sorted(calendar.items()):
            zh, en = SHIFTED_OFF if "调休" in name else (name[:40], english[day][:60])
            yield CalendarDay(day=day, kind=DayKind.OFF, note_zh=zh, note_en=en)
        zh, en = SHIFTED_WORK
        yield from (CalendarDay(day=day, kind=DayKind.WORK, note_zh=zh, note_en=en) for day in sorted(worked))


def _names(entry: Entry) -> dict[str, str]:
    return {"name_zh": entry.text("name_zh"), "name_en": entry.text("name_en")}


PARTS: list[Callable[[Preset, Loaded], None]] = [
    _programme,
    _teams,
    _visits,
    _issues,
    _holidays,
    _assessment,
    _reminders,
]
