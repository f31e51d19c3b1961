"""The year's rules, the residents' survey, and, if the whole year is told, its scores."""

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from assessment.ballots import accept_ballot
from assessment.cards import make_cards
from assessment.models import RuleSet, Survey
from assessment.services import compute_scores, create_survey, rate_team
from assessment.transitions import approve_rule_set, close_survey, open_survey, publish_scores
from programmes.demo.cast import AUDITOR, OFFICIAL, OFFICIAL_TOO, STREET
from teams.models import Area, Team

if TYPE_CHECKING:
    from programmes.demo.build import Stage

CARDS = 30
ANSWERS = (12, 26)
OPEN_FOR = timedelta(days=21)
MOODS = (("5", 34), ("4", 41), ("3", 17), ("2", 6), ("1", 2))
LISTENED = (("yes", 70), ("so_so", 18), ("no", 5), ("silent", 7))
AWARE = (("known", 62), ("unknown", 26), ("absent", 12))
RATINGS = ("按时走访，材料齐全", "问题跟进及时，居民反映好", "记录完整，会后回访还可以加强")


def approve_rules(stage: "Stage") -> None:
    """Two officials agree to what the preset brought."""
    rules = RuleSet.objects.filter(year=stage.round.year).order_by("-number").first()
    if rules is not None:
        first, second = stage.preparation + timedelta(days=1), stage.preparation + timedelta(days=2)
        rules = approve_rule_set(rule_set=rules, by=stage.cast[OFFICIAL], at=first)
        approve_rule_set(rule_set=rules, by=stage.cast[OFFICIAL_TOO], at=second)


def ask_residents(stage: "Stage", last_day_is_today: bool = False) -> Survey:
    """Sealed cards for every area of one street; about half of them have come back."""
    begins = stage.preparation + timedelta(days=3)
    survey = create_survey(
        year=stage.round.year,
        title_zh=f"{stage.round.year}年度居民满意度测评",
        title_en=f"Residents' survey {stage.round.year}",
        opens_on=begins.date(),
        closes_on=stage.day if last_day_is_today else stage.day + OPEN_FOR,
        by=stage.cast.coordinator,
        at=begins,
    )
    areas = Area.objects.filter(street__name=STREET).order_by("pk")
    cards = make_cards(survey=survey, wanted=dict.fromkeys(areas, CARDS), by=stage.cast[AUDITOR], at=begins)
    survey = open_survey(survey=survey, by=stage.cast.coordinator, at=begins)
    codes: dict[int, list[str]] = {}
    for card in cards:
        codes.setdefault(card.area.pk, []).append(card.code)
    for own in codes.values():
        for code in own[: stage.chance.randint(*ANSWERS)]:
            accept_ballot(code=code, answers=_answers(stage), day=stage.day)
    return survey


def _answers(stage: "Stage") -> dict[str, str]:
    def one(choices: tuple[tuple[str, int], ...]) -> str:
        return stage.chance.choices([word for word, _w in choices], [weight for _c, weight in choices])[0]

    return {"satisfaction": one(MOODS), "listened": one(LISTENED), "aware": one(AWARE), "remarks": ""}


def assess(stage: "Stage") -> None:
    """The survey is over, the office has rated every team, and the scores are out."""
    coordinator = stage.cast.coordinator
    close_survey(survey=ask_residents(stage, last_day_is_today=True), by=coordinator, at=stage.now)
    for team in Team.objects.active().order_by("pk"):
        points = Decimal(stage.chance.randint(18, 30)) / 2
        rate_team(
            year=stage.round.year,
            team=team,
            points=points,
            reason=stage.chance.choice(RATINGS),
            by=coordinator,
            at=stage.now,
        )
    run = compute_scores(year=stage.round.year, by=coordinator, at=stage.now)
    publish_scores(run=run, by=coordinator, at=stage.now)
