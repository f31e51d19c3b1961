"""What the year-end survey is reminded of (settings.REMINDER_SOURCES). Never how many have answered."""

from collections.abc import Collection, Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assessment.models import Survey, SurveyStatus
from core.clock import today
from notifications.sources import Ask, People, Source, Subject
from teams.who_is_who import WhoIsWho

PEOPLE = {"office": _("the office"), "secretaries": _("all secretaries")}


def sources() -> list[Source]:
    return [Source("survey-open", _("the first day of a survey"), "survey", PEOPLE, taking_answers, audience)]


def taking_answers(ask: Ask) -> Iterator[Subject]:
    """Until their last day, whenever they are closed. The link is the residents' page: a secretary passes it on."""
    surveys = Survey.objects.filter(status=SurveyStatus.OPEN, closes_on__gte=today(ask.at))
    for survey in ask.narrow(surveys, "opens_on").order_by("pk"):
        facts = {"title": {"zh": survey.title_zh, "en": survey.title_en}, "last": survey.closes_on.isoformat()}
        yield Subject(survey.pk, survey.opens_on, facts, reverse("assessment:card"), period=str(survey.year))


def audience(subjects: list[Subject], names: Collection[str], day: date) -> People:
    who = WhoIsWho.on(day)
    secretaries = {person for people in who.secretaries.values() for person in people}
    ids = [subject.id for subject in subjects]
    return {"office": dict.fromkeys(ids, who.office), "secretaries": dict.fromkeys(ids, secretaries)}
