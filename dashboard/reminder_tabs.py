"""The pages about reminders as tabs: which of them this person may open."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from teams.grants import holds
from teams.models import User
from teams.permissions import Permission

PAGES = (
    ("dashboard:reminder_rules", _("Rules of reminders"), Permission.REMINDERS_MANAGE),
    ("dashboard:remind_now", _("Send reminders"), Permission.REMINDERS_SEND),
    ("dashboard:deliveries", _("Sent reminders"), Permission.MESSAGES_VIEW),
    ("dashboard:status", _("Is everything running?"), Permission.MESSAGES_VIEW),
)


def tabs(user: User, here: str) -> list[dict[str, Any]]:
    return [
        {"url": reverse(name), "label": label, "count": None, "current": name == here}
        for name, label, permission in PAGES
        if holds(user, permission)
    ]
