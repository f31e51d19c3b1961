"""Why a calendar elsewhere could not be read, in words for its owner."""

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


class NotRead(Exception):
    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble
