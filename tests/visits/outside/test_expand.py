"""What an entry takes of a day; and calendars written to break whoever reads them."""

from datetime import date

import pytest

from visits.busy import HalfDay
from visits.outside.expand import half_days_in
from visits.outside.trouble import NotRead, Trouble

FIRST, LAST = date(2026, 10, 1), date(2026, 12, 31)
FRIDAY = date(2026, 10, 9)


def calendar(*events: str) -> bytes:
    body = "".join(
        f"BEGIN:VEVENT\r\nUID:{n}@x\r\nDTSTAMP:20260901T000000Z\r\n{event}\r\nEND:VEVENT\r\n"
        for n, event in enumerate(events)
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{body}END:VCALENDAR\r\n".encode()


def event(start: str, end: str, *more: str) -> str:
    return "\r\n".join([f"DTSTART{start}", f"DTEND{end}", "SUMMARY:秘密会议", *more])


def read(*events: str, first: date = FIRST, last: date = LAST) -> list[tuple[date, str]]:
    return [(half.day, half.part.value) for half in sorted(half_days_in(calendar(*events), first, last))]


@pytest.mark.parametrize(
    ("start", "end", "parts"),
    [
        (":20261009T010000Z", ":20261009T020000Z", ["morning"]),  # 9:00 in Shanghai
        (";TZID=Asia/Shanghai:20261009T140000", ";TZID=Asia/Shanghai:20261009T150000", ["afternoon"]),
        (":20261009T190000", ":20261009T200000", ["evening"]),  # no zone: Shanghai's
        (":20261009T113000", ":20261009T133000", ["afternoon", "morning"]),
        (":20261009T120000", ":20261009T130000", []),  # lunch
        (";VALUE=DATE:20261009", ";VALUE=DATE:20261010", ["afternoon", "evening", "morning"]),
        (";TZID=America/New_York:20261008T210000", ";TZID=America/New_York:20261008T220000", ["morning"]),
    ],
)
def test_the_half_days_of_an_entry(start, end, parts):
    assert read(event(start, end)) == [(FRIDAY, part) for part in parts]


@pytest.mark.parametrize(
    "line", ["TRANSP:TRANSPARENT", "STATUS:CANCELLED", "X-MICROSOFT-CDO-BUSYSTATUS:FREE", "UID:118-2026q4@visits.manyi"]
)
def test_entries_that_take_no_time(line):
    found = calendar(event(":20261009T010000Z", ":20261009T020000Z", line))
    if line.startswith("UID"):
        found = found.replace(b"UID:0@x\r\n", b"")
    assert half_days_in(found, FIRST, LAST) == frozenset()


def test_a_private_entry_gives_its_half_day_and_nothing_else():
    found = half_days_in(calendar(event(":20261009T010000Z", ":20261009T020000Z", "CLASS:PRIVATE")), FIRST, LAST)
    assert found == {HalfDay(FRIDAY, "morning")}


def test_the_night_of_the_year():
    found = read(event(":20261231T153000Z", ":20270101T020000Z"), last=date(2027, 1, 2))
    assert found == [(date(2027, 1, 1), "morning")]


def test_repetitions_exceptions_and_moves_count():
    series = event(":20261008T090000", ":20261008T100000", "RRULE:FREQ=WEEKLY;COUNT=4", "EXDATE:20261015T090000")
    assert [day for day, _part in read(series)] == [date(2026, 10, 8), date(2026, 10, 22), date(2026, 10, 29)]


def test_an_endless_series_of_days_is_read_as_far_as_we_look():
    found = read(event(":20200101T090000", ":20200101T100000", "RRULE:FREQ=DAILY"))
    assert len(found) == (LAST - FIRST).days + 1


def test_an_entry_that_lasts_for_centuries_is_read_as_far_as_we_look():
    assert len(read(event(";VALUE=DATE:19000101", ";VALUE=DATE:22000101"))) == 3 * ((LAST - FIRST).days + 1)


@pytest.mark.parametrize(
    "rule",
    [
        "RRULE:FREQ=SECONDLY",
        "RRULE:FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24))) + ";BYMINUTE=" + ",".join(map(str, range(60))),
        "RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
    ],
)
def test_endless_repetition_is_given_up(rule):
    with pytest.raises(NotRead) as refused:
        read(event(":19700101T000000", ":19700101T000001", rule), event(":20000101T000000", ":20000101T000001", rule))
    assert refused.value.trouble == Trouble.ENDLESS


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>sign in</html>",
        b"\x00\xff" * 1000,
        b"BEGIN:VEVENT\r\nEND:VEVENT\r\n",
        b"BEGIN:VCALENDAR\r\n" * 20_000,
        calendar(event(";VALUE=DATE:00010101", ";VALUE=DATE:99991231")),
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n",
    ],
)
def test_what_is_no_calendar(content):
    with pytest.raises(NotRead) as refused:
        half_days_in(content, FIRST, LAST)
    assert refused.value.trouble in (Trouble.NO_CALENDAR, Trouble.ENDLESS)


def test_the_reader_knows_no_secret(monkeypatch):
    """A process that inherits nothing cannot tell anything."""
    import subprocess  # noqa: PLC0415

    seen = {}
    run = subprocess.run

    def spy(*args, **kwargs):
        seen.update(kwargs)
        return run(*args, **kwargs)

    monkeypatch.setattr(subprocess, "run", spy)
    half_days_in(calendar(), FIRST, LAST)
    assert seen["env"] == {}
