"""What happened to a survey or a score run, in words for the timeline."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assessment.models import OfficeRating, ScoreRun, Survey
from core.events import history_of
from core.models import Event

SURVEY_VERBS = {
    "created": ("clipboard-check", gettext_lazy("prepared the survey")),
    "edited": ("pencil", gettext_lazy("changed title or days")),
    "cards_made": ("printer", gettext_lazy("made cards")),
    "cards_voided": ("circle-x", gettext_lazy("made cards void")),
    "opened": ("lock-open", gettext_lazy("opened the survey")),
    "closed": ("lock", gettext_lazy("closed the survey")),
}


def survey_entries(survey: Survey) -> list[dict[str, Any]]:
    """Newest first; nothing in it comes from an answer."""
    return [_survey_entry(event) for event in history_of(survey)]


def _survey_entry(event: Event) -> dict[str, Any]:
    icon, text = SURVEY_VERBS.get(event.verb, ("circle-dot", event.verb))
    return {"icon": icon, "who": event.actor_name, "text": text, "at": event.occurred_at, "more": _survey_facts(event)}


def _survey_facts(event: Event) -> str:
    facts = event.payload
    if event.verb in ("cards_made", "cards_voided"):
        return ngettext("%(n)s card", "%(n)s cards", facts["cards"]) % {"n": facts["cards"]}
    if event.verb == "opened":
        words = _("%(cards)s cards for %(areas)s areas. Seal of the list: %(seal)s…")
        return words % {"cards": facts["issued"], "areas": facts["areas"], "seal": facts["cards"][:16]}
    if event.verb == "closed":
        return ngettext("%(n)s answer", "%(n)s answers", facts["answers"]) % {"n": facts["answers"]}
    return ""


def run_entries(run: ScoreRun, rating: OfficeRating | None = None) -> list[dict[str, Any]]:
    """From the rows themselves: they carry who and when."""
    entries: list[dict[str, Any]] = [
        {
            "icon": "lock",
            "who": run.computed_by or "",
            "text": _("computed the scores"),
            "at": run.computed_at,
            "more": _("Seal: %s…") % run.digest[:16],
        }
    ]
    if run.published_at:
        entries.append(
            {"icon": "send", "who": run.published_by or "", "text": _("published the sheets"), "at": run.published_at}
        )
    if rating is not None:
        entries.append(
            {"icon": "pencil", "who": rating.by or "", "text": _("gave the office's points"), "at": rating.at}
        )
    return sorted(entries, key=lambda entry: entry["at"], reverse=True)
