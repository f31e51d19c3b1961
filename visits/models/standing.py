"""Where a record stands beside the visit itself: with the area's secretary, and with the office when it came late."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Confirmation(models.TextChoices):
    """What the secretary says to the record. Days over without a word are no status: see visits.confirming."""

    NONE = "none", _("Not asked")
    WAITING = "waiting", _("Secretary to confirm")
    CONFIRMED = "confirmed", _("Confirmed by the secretary")
    DISPUTED = "disputed", _("Disputed by the secretary")

    @property
    def tone(self) -> str:
        return {"none": "", "waiting": "blue", "confirmed": "green", "disputed": "red"}[self.value]


class Lateness(models.TextChoices):
    """What the office says to a record that came after the days of the round."""

    NONE = "none", _("In time")
    WAITING = "waiting", _("Late, office to accept")
    ACCEPTED = "accepted", _("Late, accepted")
    REFUSED = "refused", _("Late, not accepted")

    @property
    def tone(self) -> str:
        return {"none": "", "waiting": "amber", "accepted": "amber", "refused": "red"}[self.value]
