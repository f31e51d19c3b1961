"""Morning, afternoon, evening: how people speak about when they are free."""

from datetime import time

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class DayPart(TextChoices):
    MORNING = "morning", _("Morning")
    AFTERNOON = "afternoon", _("Afternoon")
    EVENING = "evening", _("Evening")

    @classmethod
    def of(cls, moment: time) -> "DayPart":
        if moment.hour < 12:
            return cls.MORNING
        return cls.AFTERNOON if moment.hour < 18 else cls.EVENING

    @property
    def usual_start(self) -> time:
        return USUAL_STARTS[self]


USUAL_STARTS = {DayPart.MORNING: time(9, 30), DayPart.AFTERNOON: time(14, 0), DayPart.EVENING: time(19, 0)}
