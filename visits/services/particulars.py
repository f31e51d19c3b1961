"""What a record tells besides who of the team came: checked, and written anew with every correction."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from core.personal import looks_personal
from core.refusals import RuleBroken
from visits.models import DutyDone, IdeaNote, LegalKind, LegalService, ResidentKind, ResidentsCame, TeamDuty, Visit

MOST_OF_A_KIND = 500
MOST_CALLS = 200
MOST_IDEAS = 20
LONGEST_LINE = 200


@dataclass(frozen=True)
class Particulars:
    """Everything may be left open. Keys are the codes of the programme's rows.

    `kinds`: how many came and how many of them for the first time; `legal`: how many, and about what.
    """

    kinds: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    home_calls: int = 0
    home_calls_words: str = ""
    ideas: tuple[str, ...] = ()
    legal: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    duties: Mapping[str, str] = field(default_factory=dict)

    @property
    def residents(self) -> int:
        return sum(came for came, _newly in self.kinds.values())

    @property
    def facts(self) -> dict[str, Any]:
        """What the event keeps: numbers and codes, no words."""
        found = {
            "kinds": {code: list(counts) for code, counts in self.kinds.items() if counts[0]},
            "home_calls": self.home_calls,
            "ideas": len(self.ideas),
            "legal": {kind: n for kind, (n, _words) in self.legal.items() if n},
            "duties": sorted(code for code, words in self.duties.items() if words),
        }
        return {name: value for name, value in found.items() if value}


def total_of(residents: int | None, particulars: Particulars) -> int:
    """The number of residents stands alone, or follows from the kinds; it is never smaller than those."""
    if residents is None:
        if not particulars.kinds:
            raise RuleBroken(_("Please say how many residents came."))
        return particulars.residents
    if residents < particulars.residents:
        raise RuleBroken(
            _("By kind you counted %(sum)d residents, but only %(total)d in all. Please correct one of them.")
            % {"sum": particulars.residents, "total": residents}
        )
    return residents


def check_particulars(given: Particulars) -> None:
    _check_kinds(given.kinds)
    if not 0 <= given.home_calls <= MOST_CALLS:
        raise RuleBroken(_("The number of calls at home is between 0 and %(most)d.") % {"most": MOST_CALLS})
    if len(given.ideas) > MOST_IDEAS:
        raise RuleBroken(_("At most %(most)d ideas fit into one record.") % {"most": MOST_IDEAS})
    unknown = set(given.legal) - set(LegalKind.values)
    if unknown or any(not 0 <= n <= MOST_OF_A_KIND for n, _words in given.legal.values()):
        raise RuleBroken(_("Please write numbers between 0 and %(most)d.") % {"most": MOST_OF_A_KIND})
    lines = [
        given.home_calls_words,
        *given.ideas,
        *given.duties.values(),
        *(words for _n, words in given.legal.values()),
    ]
    if any(len(line) > LONGEST_LINE for line in lines):
        raise RuleBroken(_("One line has at most %(most)d characters.") % {"most": LONGEST_LINE})
    if any(looks_personal(line) for line in lines):
        raise RuleBroken(_("There seems to be a telephone number in it. Please take it out: no names, no numbers."))


def write_particulars(visit: Visit, given: Particulars) -> None:
    """The rows of this visit; a correction replaces them. The calls at home stand on the visit itself."""
    kinds = {kind.code: kind for kind in ResidentKind.objects.all()}
    duties = {duty.code: duty for duty in duties_of(visit)}
    if set(given.kinds) - set(kinds) or set(given.duties) - set(duties):
        raise RuleBroken(_("The programme has changed meanwhile. Please open the record again."))
    _replace(
        visit.residents_came,
        [
            ResidentsCame(visit=visit, kind=kinds[code], count=came, newly=came if kinds[code].all_new else newly)
            for code, (came, newly) in given.kinds.items()
            if came
        ],
    )
    _replace(visit.ideas, [IdeaNote(visit=visit, text=text.strip()) for text in given.ideas if text.strip()])
    _replace(
        visit.legal_services,
        [
            LegalService(visit=visit, kind=kind, count=n, words=words.strip())
            for kind, (n, words) in given.legal.items()
            if n or words.strip()
        ],
    )
    _replace(
        visit.duties_done,
        [
            DutyDone(visit=visit, duty=duties[code], words=words.strip())
            for code, words in given.duties.items()
            if words.strip()
        ],
    )


def duties_of(visit: Visit) -> list[TeamDuty]:
    """The duties of a team on the day of the visit."""
    return list(TeamDuty.objects.on(visit.day)) if visit.day else []


def _check_kinds(kinds: Mapping[str, tuple[int, int]]) -> None:
    if any(not 0 <= came <= MOST_OF_A_KIND for came, _newly in kinds.values()):
        raise RuleBroken(_("Please write numbers between 0 and %(most)d.") % {"most": MOST_OF_A_KIND})
    if any(not 0 <= newly <= came for came, newly in kinds.values()):
        raise RuleBroken(_("Those who came for the first time are among those who came: the number cannot be larger."))


def _replace(manager: Any, rows: Iterable[Any]) -> None:
    manager.all().delete()
    manager.model.objects.bulk_create(rows)
