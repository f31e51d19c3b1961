"""Why a calendar elsewhere could not be read, in words for its owner."""

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Trouble(TextChoices):
    ADDRESS = "address", _("This is no address of a calendar. It begins with https:// or webcal://.")
    HOST = "host", _("The office does not allow calendars from this server.")
    PRIVATE = "private", _("The server's name leads into an internal network, so it is not asked.")
    UNREACHABLE = "unreachable", _("The server cannot be reached.")
    SLOW = "slow", _("The server took too long to answer.")
    REDIRECT = "redirect", _("The server sends us to another place, and we do not follow it.")
    STATUS = "status", _("The server has no calendar at this address. Perhaps it is no longer shared.")
    LARGE = "large", _("The calendar is larger than 1 MB.")
    PACKED = "packed", _("The server sends the calendar packed, and we do not unpack it.")
    NO_CALENDAR = "no_calendar", _("What the server sends is no calendar.")
    ENDLESS = "endless", _("The calendar has more entries or repetitions than we can read.")
    KEY = "key", _("The key for this address is missing on this server. Please enter the address again.")

    @property
    def advice(self) -> Any:
        """What its owner can do; "" where the reason says it already."""
        return next((words for troubles, words in ADVICE if self in troubles), "")


ADVICE = (
    (
        (Trouble.ADDRESS, Trouble.REDIRECT, Trouble.STATUS, Trouble.NO_CALENDAR),
        _("Copy the secret iCal address in your calendar program once more and enter it below."),
    ),
    (
        (Trouble.HOST, Trouble.PRIVATE),
        _("Ask the administrator to allow this server, or enter your busy times by hand."),
    ),
    (
        (Trouble.UNREACHABLE, Trouble.SLOW),
        _("It is tried again every night. If that does not help, ask whoever runs the calendar's server."),
    ),
    (
        (Trouble.LARGE, Trouble.PACKED, Trouble.ENDLESS),
        _("Share a smaller calendar, for example only the one of your work, and enter its address below."),
    ),
)


class NotRead(Exception):
    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble
