"""05: when people cannot visit."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.events import Happened
from programmes.imports.cells import Record, has_year
from programmes.imports.report import Count
from programmes.imports.steps import Change, Step
from programmes.imports.tables import Kind, Table
from teams.models import User
from visits import importing as door
from visits.models import BusyTime, DayPart, Round, RoundStatus

BUSY = Kind("busy", gettext_lazy("Busy times"), ("姓名", "手机", "日期", "时段", "事由"))
WHOLE_DAY = (DayPart.MORNING, DayPart.AFTERNOON, DayPart.EVENING)
PARTS = {
    "上午": (DayPart.MORNING,),
    "下午": (DayPart.AFTERNOON,),
    "晚间": (DayPart.EVENING,),
    "晚上": (DayPart.EVENING,),
    "全天": WHOLE_DAY,
}

Key = tuple[str, date, str]


@dataclass
class BusyTimes(Step):
    """A whole day is three rows. A date without a year takes the one most others of the file have, else the round's."""

    key = BUSY.key
    new: list[BusyTime] = field(default_factory=list)
    left: int = 0

    def plan(self, tables: list[Table]) -> None:
        if not tables:
            return
        self._there: dict[Key, BusyTime] = {
            (row.user.phone, row.day, row.part): row for row in BusyTime.objects.select_related("user")
        }
        self._seen: set[Key] = set()
        for table in tables:
            year = self._year(table)
            for record in table.records():
                self._line(record, year)

    def _year(self, table: Table) -> int:
        years = Counter(year for record in table.records() if (year := has_year(record.value("日期"))))
        if years:
            return years.most_common(1)[0][0]
        newest = Round.objects.filter(status=RoundStatus.OPEN).order_by("-code").first()
        return table.year or (newest.year if newest else self.known.day.year)

    def _line(self, record: Record, year: int) -> None:
        user = self._who(record)
        day = record.day("日期", year=year)
        parts = record.choice("时段", PARTS)
        reason = record.text("事由", most=60, required=False)
        if user is None or day is None or parts is None:
            return
        for part in parts:
            key = (user.phone, day, part)
            if key not in self._seen:
                self._seen.add(key)
                self._part(user, day, part, reason, self._there.get(key))

    def _who(self, record: Record) -> User | None:
        """Busy times of people nobody knows are left out: whoever is not on a roster needs no calendar."""
        name, phone = record.name("姓名"), record.mobile("手机")
        if not name or not phone:
            return None
        if self.known.number_today(name, phone) not in self.known.people:
            sentence = _("Nobody in Manyi has this number; the line is left out.")
            record.notes.remark(record.place("手机"), sentence, follows=True)
            return None
        return self.known.person(record, "姓名", "手机")

    def _part(self, user: User, day: date, part: str, reason: str, row: BusyTime | None) -> None:
        if row is None:
            self.new.append(BusyTime(user=user, day=day, part=part, reason=reason))
        elif row.reason != reason or row.calendar_id:
            words = f"{user} {day} {DayPart(part).label}：{reason}"
            self.changes.append(
                Change(words, lambda by, at: door.change_busy_reason(row, reason=reason, by=by, at=at), [row])
            )
        else:
            self.left += 1

    def create(self, by: User | None, at: datetime) -> list[Happened]:
        return door.add_busy_times(self.new, by=by, at=at)

    def counts(self) -> list[Count]:
        return [Count(BUSY.label, len(self.new), len(self.changes), self.left, [one.words for one in self.changes])]

    def actions(self) -> Iterator[str]:
        yield from (f"busy {row.user.phone} {row.day} {row.part} {row.reason}" for row in self.new)
        yield from (one.words for one in self.changes)
