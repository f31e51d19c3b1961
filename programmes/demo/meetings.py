"""The meetings of the past days: held, recorded, and what residents said, submitted by the leads."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from issues import services as issues
from issues.models import Category, Issue, Level
from issues.promises import promises_of
from issues.vault import Reported
from programmes.demo import words
from programmes.demo.cast import AREA
from teams.models import User
from visits import services as visits
from visits.closing import reasons_not_to_close
from visits.models import Visit
from visits.services import Particulars, Record

if TYPE_CHECKING:
    from programmes.demo.build import Stage

MOST_RECORDED = 74
ONLY_HELD = 4
CLOSED = 0.7
LATE, LATE_HOURS = 0.1, 66
UNHEARD, DISPUTED = 0.2, 0.08
FORGOTTEN = 3
DRAFTS = 3
LEVELS = ((1, 30), (2, 38), (3, 22), (4, 5), (0, 5))


def hold(stage: "Stage") -> None:
    """Most recorded with their issues; a few with the record still open, a few nobody has spoken about."""
    levels = {level.number: level for level in Level.objects.all()}
    categories = [category for category in Category.objects.all() if category.code in words.SAID]
    for visit in _past(stage):
        began = visit.begins or stage.now
        visits.hold_visit(visit=visit, by=stage.cast.lead(visit.team_id), at=stage.later(began, 1.5, 2) or stage.now)
        _report_back(stage, visit, began)
        if visit.area.name == AREA:
            _log(stage, visit, began, DRAFTS, categories, levels)
        elif stage.happens(1 - ONLY_HELD / MOST_RECORDED):
            _record(stage, visit, began)
            drafts = _log(stage, visit, began, stage.chance.choice([1, 1, 2, 2, 2, 3, 4]), categories, levels)
            _submit(stage, visit, began, drafts)


def _submit(stage: "Stage", visit: Visit, began: datetime, drafts: Sequence[Issue]) -> None:
    """With their last issue most visits are closed as well."""
    lead, at = stage.cast.lead(visit.team_id), stage.later(began, 4, 9) or stage.now
    issues.submit_issues(issues=drafts, by=lead, at=at)
    visit.refresh_from_db()
    if stage.happens(CLOSED) and not reasons_not_to_close(visit):
        visits.close_visit(visit=visit, by=lead, at=at)


def _report_back(stage: "Stage", visit: Visit, began: datetime) -> None:
    """What residents said to last time's issues; in the area one can try, one is still to be marked."""
    by, at = stage.cast.lead(visit.team_id), stage.later(began, 1, 2) or stage.now
    promised = list(promises_of(visit).select_related("area", "owner_unit", "handler"))
    for issue in promised[:-1] if visit.area.name == AREA else promised:
        response, note = stage.chance.choices(words.REPORTED, words.REPORTED_WEIGHTS)[0]
        issues.mark_promise(issue=issue, visit=visit, response=response, note=note, by=by, at=at)


def _past(stage: "Stage") -> list[Visit]:
    """Earliest first, so that the numbers follow the days. The area one can try stays in."""
    found = (
        Visit.objects.filter(round=stage.round, day__lt=stage.day)
        .placed()
        .select_related("area__street", "team__unit", "round")
    )
    everyone = sorted(found, key=lambda visit: (visit.area.name != AREA, visit.day, visit.starts_at, visit.pk))
    held = everyone[: max(len(everyone) - FORGOTTEN, 0)][: MOST_RECORDED + ONLY_HELD]
    return sorted(held, key=lambda visit: (visit.day, visit.starts_at, visit.pk))


def _record(stage: "Stage", visit: Visit, began: datetime) -> None:
    """In time as a rule. A late one needs the office; most secretaries have confirmed, a few dispute or have yet to."""
    chance, seats = stage.chance, stage.cast.seats[visit.team_id]
    came = frozenset(seat for seat, _user in seats.values() if chance.random() < 0.93)
    residents = chance.randint(18, 42)
    late = stage.later(began, LATE_HOURS, LATE_HOURS + 4) if stage.happens(LATE) else None
    record = Record(
        residents_count=residents,
        came=came,
        summary=_summary(stage),
        policy_talk=chance.choice(words.POLICY_TALKS),
        policy_speaker_id=stage.cast.lead(visit.team_id).pk,
        late_reason=chance.choice(words.LATE_REASONS) if late else "",
        particulars=_particulars(stage, residents),
    )
    by, moment = stage.cast.lead(visit.team_id), late or stage.later(began, 2.5, 4) or stage.now
    visit = visits.record_visit(visit=visit, record=record, by=by, at=moment, backfill=True)
    _confirm(stage, visit, moment)


def _summary(stage: "Stage") -> str:
    sentences = stage.chance.sample(words.SUMMARIES, k=3)
    return "".join(sentence.format(n=stage.chance.randint(2, 28)) for sentence in sentences)


def _particulars(stage: "Stage", residents: int) -> Particulars:
    """Everybody counts the kinds; the rest is told by some."""
    left, kinds, chance = residents, {}, stage.chance
    for code in ("stair-head", "volunteer", "activist", "newcomer"):
        n = chance.randint(1, max(left // 3, 1))
        kinds[code] = (n, n // 4)
        left -= n
    kinds["ordinary"] = (left, left // 3)
    law, duty = chance.choice(list(words.LEGAL.items())), chance.sample(list(words.DUTIES.items()), k=2)
    calls = chance.randint(1, 4) if stage.happens(0.3) else 0
    return Particulars(
        kinds=kinds,
        home_calls=calls,
        home_calls_words=chance.choice(words.HOME_CALLS) if calls else "",
        ideas=tuple(chance.sample(words.IDEAS, k=1)) if stage.happens(0.5) else (),
        legal={law[0]: (chance.randint(1, 6), law[1])} if stage.happens(0.5) else {},
        duties=dict(duty) if stage.happens(0.6) else {},
    )


def _confirm(stage: "Stage", visit: Visit, recorded: datetime) -> None:
    secretary, later = stage.cast.secretaries.get(visit.area_id), stage.later(recorded, 3, 30)
    if secretary is None or later is None or stage.happens(UNHEARD):
        return
    if stage.happens(DISPUTED):
        visits.dispute_record(visit=visit, note=stage.chance.choice(words.DISPUTES), by=secretary, at=later)
    else:
        visits.confirm_record(visit=visit, by=secretary, at=later)


def _log(
    stage: "Stage", visit: Visit, began: datetime, n: int, categories: Sequence[Category], levels: dict[int, Level]
) -> list[Issue]:
    drafts = []
    for category in stage.chance.sample(categories, k=n):
        number = stage.chance.choices([level for level, _w in LEVELS], [weight for _l, weight in LEVELS])[0]
        text = stage.chance.choice(words.SAID[category.code]).format(n=stage.chance.randint(1, 58))
        drafts.append(
            issues.log_issue(
                area=visit.area,
                visit=visit,
                by=_who(stage, visit),
                at=stage.later(began, 2, 3.5) or stage.now,
                original_text=text,
                category=category,
                level=levels.get(number),
                level_unsure=number == 0,
                households=stage.chance.choice([1, 1, 6, 12, 24, 60]),
                reporter=_reporter(stage),
            )
        )
    return drafts


def _who(stage: "Stage", visit: Visit) -> User:
    return stage.chance.choice(stage.cast.members(visit.team_id))


def _reporter(stage: "Stage") -> Reported | None:
    if not stage.happens(0.4):
        return None
    name = stage.chance.choice(words.SURNAMES) + stage.chance.choice(words.GIVEN)
    return Reported(name, f"199{stage.chance.randint(0, 99_999_999):08d}", stage.happens(0.5))
