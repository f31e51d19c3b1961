"""The form of one's own wishes for reminders."""

from collections.abc import Iterable
from datetime import time
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.forms import HourField, LayoutMixin
from notifications.wishes import RuleWish


class HalfHours(HourField):
    """The whole day in half hours, and an hour that a rule has already, whatever it is."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(first=time(0), last=time(23, 30), **kwargs)

    def offer(self, hour: time | None) -> None:
        words = f"{hour:%H:%M}" if hour else ""
        known: dict[str, Any] = dict(self.choices)  # type: ignore[arg-type]
        if words and words not in known:
            self.choices = sorted({**known, words: words}.items())


class WishesForm(LayoutMixin, forms.Form):
    """Language, quiet hours, and a box for every rule and channel that may be muted."""

    language = forms.ChoiceField(label=_("Language of mails"), required=False)
    quiet_from = HalfHours(label=_("Do not disturb me from"), required=False)
    quiet_until = HalfHours(
        label=_("until"),
        required=False,
        help_text=_("Without hours of your own, those of each rule hold. In the app messages come at any time."),
    )

    def __init__(self, data: Any = None, *, wishes: Iterable[RuleWish], initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        self.wishes = list(wishes)
        self.fields["language"].choices = [("", gettext("As the office has set it")), *settings.LANGUAGES]  # type: ignore[attr-defined]
        for name in ("quiet_from", "quiet_until"):
            self.fields[name].offer(initial.get(name))  # type: ignore[attr-defined]
        for wish in self.wishes:
            for way in wish.ways:
                box = forms.CheckboxInput(attrs={"class": "form-check-input"})
                self.fields[way.field] = forms.BooleanField(
                    label=way.label, required=False, initial=way.is_on, widget=box
                )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if (data.get("quiet_from") is None) != (data.get("quiet_until") is None):
            self.add_error("quiet_until", gettext("Please choose both hours, or neither."))
        return data

    def rows(self) -> list[tuple[RuleWish, list[Any]]]:
        """Each rule that may be muted with the boxes of its channels."""
        return [(wish, [self[way.field] for way in wish.ways]) for wish in self.wishes]

    def silent(self) -> set[tuple[str, str]]:
        """Rules and channels without their tick."""
        boxes = [(wish.rule.code, way) for wish in self.wishes for way in wish.ways]
        return {(code, way.channel) for code, way in boxes if not self.cleaned_data[way.field]}
