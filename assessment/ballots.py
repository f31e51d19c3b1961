"""Taking an answer: the card is burnt and the answer stored in one transaction that leaves no link between them.

No event, no idempotency key and no session row is written here, for each would carry a time. A card sent twice is
answered by the burn itself.
"""

import random
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from assessment.cards import Counts, card_list_seal, counts_of
from assessment.codes import hash_code
from assessment.models import Ballot, Card, CardStatus, Survey, SurveyStatus
from assessment.results import count_answers
from core.models import Event
from core.refusals import RuleBroken


class CardRefused(RuleBroken):
    """The card cannot be used; `reason` is unknown, used, early or closed."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


def card_for(code: str, day: date) -> Card:
    """The unused card of a survey that takes answers today, or CardRefused with the sentence for the resident."""
    card = Card.objects.select_related("survey").filter(pk=hash_code(code)).first()
    if card is None or card.status == CardStatus.VOID:
        raise CardRefused("unknown", _("We do not know this code. Please compare it with the card."))
    if card.survey.status == SurveyStatus.CLOSED or card.survey.closes_on < day:
        raise CardRefused("closed", _("This survey is over."))
    if card.survey.status == SurveyStatus.DRAFT or day < card.survey.opens_on:
        raise CardRefused("early", _("This survey has not begun yet. Please keep the card."))
    if card.status == CardStatus.USED:
        raise _used()
    return card


@transaction.atomic
def accept_ballot(*, code: str, answers: dict[str, Any], day: date) -> None:
    """Burn the card and store its answers.

    The burn is one conditional update that must hit exactly one row: reading the card and saving it would let two at
    once through. Its condition names the card's own columns and no join, because PostgreSQL re-checks only those after
    waiting for the other.
    """
    card = card_for(code, day)
    _keep_from_closing(card.survey_id)
    unused = Card.objects.filter(pk=card.pk, status=CardStatus.UNUSED)
    burnt = unused.filter(survey_id__in=Survey.objects.taking_answers(day).values("pk")).update(status=CardStatus.USED)
    if burnt != 1:
        card_for(code, day)  # says why: used meanwhile, or the survey was closed
        raise _used()
    Ballot.objects.create(survey_id=card.survey_id, area_id=card.area_id, answers=answers)


def _keep_from_closing(survey_id: int) -> None:
    """Answers share the survey's row until they are stored, so that closing waits and shuffles them all.

    SQLite has one writer at a time and needs no lock.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM assessment_survey WHERE id = %s FOR SHARE", [survey_id])


def shuffle(survey: Survey) -> int:
    """Rewrite the answers of a survey in random order, so that their place no longer tells when they came."""
    ballots = list(Ballot.objects.filter(survey=survey))
    random.SystemRandom().shuffle(ballots)
    Ballot.objects.filter(survey=survey).delete()
    Ballot.objects.bulk_create(ballots, batch_size=500)
    return len(ballots)


@dataclass(frozen=True)
class Verification:
    """What `manage.py verify_survey` prints. `faults` are sentences; none means the books balance."""

    counts: Counts
    ballots: int
    faults: list[str]


def verify(survey: Survey) -> Verification:
    """Issued = used + unused + void; answers = used, area by area; the cards are those of the opening; the results stand."""
    counts, ballots = counts_of(survey), Ballot.objects.filter(survey=survey).count()
    faults = []
    made = _made(survey)
    if made != counts.issued:
        faults.append(f"{made} cards were made, {counts.issued} are stored")
    if counts.used != ballots:
        faults.append(f"{counts.used} cards are used, {ballots} answers are stored")
    used = _by_area(Card.objects.filter(survey=survey, status=CardStatus.USED))
    answered = _by_area(Ballot.objects.filter(survey=survey))
    differing = sorted(area for area in used.keys() | answered.keys() if used.get(area, 0) != answered.get(area, 0))
    if differing:
        faults.append(f"used cards and answers differ in {len(differing)} areas")
    opened = Event.objects.filter(object_type=survey._meta.label_lower, object_id=survey.pk, verb="opened").first()
    if opened and opened.payload["cards"] != card_list_seal(survey):
        faults.append("the list of cards is not the one the survey was opened with")
    if survey.status == SurveyStatus.CLOSED and count_answers(survey) != survey.tallies:
        faults.append("the answers give other results than those published")
    return Verification(counts, ballots, faults)


def _made(survey: Survey) -> int:
    events = Event.objects.filter(object_type=survey._meta.label_lower, object_id=survey.pk, verb="cards_made")
    return sum(event.payload["cards"] for event in events)


def _by_area(rows: Any) -> dict[int, int]:
    return dict(rows.values_list("area_id").annotate(n=Count("pk")).order_by())


def _used() -> CardRefused:
    return CardRefused("used", _("This card has been used already. Each card counts once."))
