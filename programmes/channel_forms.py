"""The form of a channel, made from what the channel says it needs. Keys are typed in and never shown."""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.forms import LayoutMixin, NoteField, PlainField
from notifications.channels.needs import Need, NeedsSetup
from notifications.groups import groups
from notifications.models import ChannelSetup

LONGEST_KEY = 500


class RequestField(NoteField):
    """A JSON object in whose texts the gateway finds number and words."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            found = json.loads(text)
        except ValueError:
            found = None
        if not isinstance(found, dict) or "{phone}" not in text or "{text}" not in text:
            raise ValidationError(_("This must be a JSON object that contains {phone} and {text}."))
        return text


class _NeedsForm(forms.Form):
    def __init__(self, *args: Any, channel: NeedsSetup, setup: ChannelSetup | None = None, **kwargs: Any) -> None:
        self.needs = channel.needs
        values = setup.values if setup else {}
        initial = {need.name: values.get(need.name, need.default) for need in self.needs if not need.is_key}
        super().__init__(*args, **{**kwargs, "initial": initial})
        if channel.per_group and setup is None:
            self.fields["group"] = forms.ChoiceField(label=_("Group"), choices=_free_groups(channel))
        for need in self.needs:
            self.fields[need.name] = _field(need, is_set=bool(setup and setup.has_key(need.name)))


class ChannelForm(LayoutMixin, _NeedsForm):
    def values(self) -> dict[str, Any]:
        found = {need.name: self.cleaned_data[need.name] for need in self.needs if not need.is_key}
        return {name: "" if value is None else value for name, value in found.items()}

    def keys(self) -> dict[str, str]:
        return {need.name: self.cleaned_data[need.name] for need in self.needs if need.is_key}


def _free_groups(channel: NeedsSetup) -> list[tuple[str, Any]]:
    taken = set(ChannelSetup.objects.filter(channel=channel.name).values_list("group", flat=True))
    return [("", "—"), *((key, name) for key, name in groups().choices() if key not in taken)]


def _field(need: Need, *, is_set: bool) -> forms.Field:
    common: dict[str, Any] = {"label": need.label, "help_text": need.hint, "required": need.required}
    if need.is_key:
        if is_set:
            common |= {"required": False, "help_text": _("It is set and not shown. Leave this empty to keep it.")}
        attrs = {"autocomplete": "new-password", "spellcheck": "false"}
        return forms.CharField(max_length=LONGEST_KEY, widget=forms.PasswordInput(attrs=attrs), **common)
    if need.kind == "number":
        return forms.IntegerField(min_value=1, max_value=100_000_000, **common)
    if need.kind == "choice":
        return forms.ChoiceField(choices=need.choices, **common)
    if need.kind == "json":
        return RequestField(max_length=2000, **common)
    return PlainField(max_length=300, **common)
