"""What somebody may do to an issue now, in the order of likelihood; and why something expected is not possible."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.templatetags.core import zhdate
from issues import policies, routing
from issues.models import Ending, Extension, IssueStatus
from issues.story import Story
from issues.transitions import ISSUE
from teams.models import User
from teams.permissions import Permission

S = IssueStatus
SILENT = "-"  # no button, and nobody would miss it


@dataclass(frozen=True)
class Offer:
    """One button. `name` is the action in the address; `key` the shortcut; `at_once`: no page needed in between."""

    name: str
    label: Any
    icon: str
    url: str
    key: str = ""
    at_once: bool = False
    rare: bool = False


# action, the move of the table behind it, icon, shortcut
ACTIONS = (
    ("accept", "accept", "check", "a"),
    ("route", "route", "stairs-up", ""),
    ("rule", "rule", "gavel", ""),
    ("review", "uphold", "scale", ""),
    ("confirm", "confirm_resolved", "circle-check", ""),
    ("resubmit", "resubmit", "send", ""),
    ("legal-opinion", "legal_opinion", "scale", ""),
    ("progress", "progress", "pencil", "r"),
    ("resolve", "resolve", "circle-check", ""),
    ("explain", "explain", "info-circle", ""),
    ("assign", "assign_handler", "user-check", "m"),
    ("escalate", "escalate", "stairs-up", "u"),
    ("extend", "ask_extension", "calendar-time", ""),
    ("ask-lawyer", "ask_lawyer", "scale", ""),
    ("return", "return", "arrow-back-up", ""),
    ("decide-extension", "grant_extension", "calendar-time", ""),
    ("send-back", "send_back", "arrow-back-up", ""),
    ("reopen", "reopen", "repeat", ""),
)
AT_ONCE = {"accept", "ask-lawyer"}
RARE = {"explain", "extend", "ask-lawyer", "send-back"}  # only on the whole page, not beside the list
MOVE_OF = {action: move for action, move, _icon, _key in ACTIONS}


class Offers:
    def __init__(self, user: User, story: Story) -> None:
        self.user, self.story, self.issue = user, story, story.issue
        self.extension: Extension | None = getattr(self.issue, "extension", None)

    def all(self) -> list[Offer]:
        return self._all

    @cached_property
    def _all(self) -> list[Offer]:
        return [
            Offer(
                name=action,
                label=self._label(action),
                icon=icon,
                url=reverse("issues:act", args=[self.issue.code, action]),
                key=key,
                at_once=action in AT_ONCE,
                rare=action in RARE,
            )
            for action, move, icon, key in ACTIONS
            if self._may(move) and not self._obstacle(action)
        ]

    def reasons(self) -> list[str]:
        """Why a button is not there: only for people who would have it otherwise. Then whose turn it is."""
        found = [
            reason
            for action, move, _icon, _key in ACTIONS
            if self._may(move) and (reason := self._obstacle(action)) and reason != SILENT
        ]
        return found or ([] if self.all() else list(self._whose_turn()))

    def _may(self, move: str) -> bool:
        transition = ISSUE.find(move)
        return self.issue.status in transition.sources and policies.may(
            self.user, Permission(transition.permission), self.issue
        )

    def _obstacle(self, action: str) -> str:
        """ "" when nothing is in the way, SILENT when nobody would expect the button."""
        check = getattr(self, f"_no_{action.replace('-', '_')}", None)
        return check() if check else ""

    def _no_extend(self) -> str:
        if self.extension is None:
            return ""
        if self.extension.decided_at is None:
            return _("You have asked for an extension; the office has not decided yet.")
        return _("It cannot be extended again: once per issue, decided on %(day)s.") % {
            "day": zhdate(self.extension.decided_at)
        }

    def _no_decide_extension(self) -> str:
        return "" if self.extension and self.extension.decided_at is None else SILENT

    def _no_escalate(self) -> str:
        top = self.issue.level and routing.next_level(self.issue.level.number) is None
        return _("This is the highest level already.") if top else ""

    def _no_ask_lawyer(self) -> str:
        return _("The lawyer has been asked for an opinion.") if self.issue.needs_lawyer else ""

    def _no_legal_opinion(self) -> str:
        return "" if self.issue.needs_lawyer else SILENT

    def _no_review(self) -> str:
        if self.issue.ending != Ending.EXPLAINED or not self.story.waits_for_review:
            return SILENT
        if self.user.pk in self.story.handlers:
            return _("You handled this issue; the second opinion has to come from somebody else.")
        return ""

    def _no_confirm(self) -> str:
        if self.user.pk in self.story.handlers:
            return _("You handled this issue yourself; somebody else has to ask the resident.")
        if self.issue.ending == Ending.EXPLAINED and self.story.waits_for_review:
            return _("The office gives a second opinion first; then the resident is told.")
        return ""

    def _whose_turn(self) -> Iterator[str]:
        issue = self.issue
        if issue.status in S.desk_states and issue.owner_unit:
            yield _("It is with %(unit)s now.") % {"unit": issue.owner_unit}
        elif issue.status in (S.AWAITING_LEVEL, S.AWAITING_RULING):
            yield _("The office decides now.")
        elif issue.status == S.RETURNED:
            yield _("The visit team adds the details now.")
        elif issue.status == S.AWAITING_CONFIRMATION:
            yield _("The lead cadre or the secretary tells the resident now.")

    def _label(self, action: str) -> Any:
        if action == "escalate" and self.issue.level:
            above = self.story.levels.get(self.issue.level.number + 1)
            if above:
                return _("Escalate to: %(level)s") % {"level": above.name}
        return LABELS.get(action) or ISSUE.find(MOVE_OF[action]).label


LABELS = {
    "review": gettext_lazy("Give the second opinion"),
    "confirm": gettext_lazy("Tell the resident and confirm"),
    "decide-extension": gettext_lazy("Decide on the extension"),
}
