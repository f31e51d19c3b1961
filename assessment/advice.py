"""One sentence on what would help most, from the indicator that lost the most points."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from assessment.sheets import LineView

ADVICE: dict[str, Any] = {
    "visits_on_time": gettext_lazy(
        "Plan the visit of the next quarter as soon as the round opens, and keep it inside the window."
    ),
    "records_complete": gettext_lazy(
        "Hand in the record within three working days, and settle the day with all members beforehand."
    ),
    "issues_closed": gettext_lazy(
        "Go through the issues that are not closed yet with the pairing unit and agree on a date for each."
    ),
    "issues_in_time": gettext_lazy("Ask for an extension before the time is up; each issue may be extended once."),
    "issues_confirmed": gettext_lazy(
        "Tell the resident about the outcome and write down how it was taken; without that an issue does not count."
    ),
    "office_rating": gettext_lazy("Read the reason the office has written and speak about it with the team."),
    "deductions": gettext_lazy("Answer supervision orders by the date they name."),
}
SURVEY_ADVICE: dict[str, Any] = {
    "satisfaction": gettext_lazy(
        "Begin each visit with what became of last time's issues; that is what residents judge by."
    ),
    "aware": gettext_lazy("When an issue is closed, ask the area's secretary to post the outcome in the building."),
}


def advice_for(line: "LineView") -> str:
    indicator = line.indicator
    if indicator.formula == "survey_share":
        return str(SURVEY_ADVICE.get(indicator.params["question"], _("Ask residents what they missed this year.")))
    return str(ADVICE.get(indicator.formula, ""))
