"""Words for rules, steps and what became of a delivery, for every page that shows them."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from notifications.channels import channels
from notifications.kinds import Kind
from notifications.models import Delivery, ReminderRule
from notifications.rules import Step
from notifications.sources import sources

REASONS = {
    "superseded": gettext_lazy("a later reminder took its place"),
    "no_longer_true": gettext_lazy("it had been done by then"),
    "restored": gettext_lazy("the data came back from a backup; it may have been sent before"),
    "sent_before_restore": gettext_lazy("had been sent before the data came back from a backup"),
    "taken_back": gettext_lazy("taken back by the office"),
    "tries_used": gettext_lazy("tried again and again without success"),
    "answer_lost": gettext_lazy("it went out and no answer came"),
    "said_by_hand": gettext_lazy("somebody says that it arrived"),
}
CODES = {
    "no_address": gettext_lazy("there is no address to send it to"),
    "broken": gettext_lazy("the message itself could not be made"),
}
LOOKS = {
    "due": "wait",
    "claimed": "doing",
    "gathered": "wait",
    "held": "check",
    "sent": "done",
    "delivered": "done",
    "unknown": "check",
    "dead": "back",
    "cancelled": "off",
    "expired": "back",
}


def label_of(rule: ReminderRule) -> str:
    """The kind; for what carries messages of several kinds out of the inbox, what it looks at."""
    source = sources().get(rule.source)
    if source is not None and not source.in_app:
        words = str(source.label)
        return words[:1].upper() + words[1:]
    return str(Kind(rule.kind).label)


def channel_label(name: str) -> str:
    channel = channels().get(name)
    return str(channel.label) if channel else name


def why(delivery: Delivery) -> str:
    """Why it is in the state it is in; for one that failed, what its channel answered."""
    known: Any = REASONS.get(delivery.reason) or CODES.get(delivery.last_code)
    if known:
        return str(known)
    return " ".join(part for part in (delivery.last_code, delivery.last_error) if part)


def day_of_step(step: Step) -> str:
    """`7 days before`, `3 working days after`, `on the day`."""
    n = abs(step.days)
    if not n:
        return _("on the day")
    if step.days < 0:
        words = (
            ngettext("%(n)s working day before", "%(n)s working days before", n)
            if step.working
            else ngettext("%(n)s day before", "%(n)s days before", n)
        )
    else:
        words = (
            ngettext("%(n)s working day after", "%(n)s working days after", n)
            if step.working
            else ngettext("%(n)s day after", "%(n)s days after", n)
        )
    return words % {"n": n}


def hours_of_step(step: Step) -> str:
    """`09:00`, `09:00, 16:00`, or nothing where it goes out at once."""
    return _(", ").join(f"{hour:%H:%M}" for hour in step.hours or (step.at,) if hour)


def audience_words(rule: ReminderRule, names: Any) -> str:
    source = sources().get(rule.source)
    known = source.audiences if source else {}
    return _(", ").join(str(known.get(name, name)) for name in names)
