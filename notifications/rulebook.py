"""Changing rules: what is refused, and the one function that writes them."""

from collections.abc import Mapping
from copy import copy
from datetime import datetime
from typing import Any

from django.db import transaction

from core import changes
from core.refusals import RuleBroken
from notifications.channels import channels
from notifications.kinds import Kind
from notifications.models import ReminderRule
from notifications.rules import BadStep, read_steps
from notifications.sources import sources

EDITABLE = ("steps", "channels", "mandatory", "late_hours", "quiet_from", "quiet_until", "on_working_days", "is_active")


def mistakes_in(values: dict[str, Any]) -> list[str]:
    """What makes this no rule anybody could follow; empty when it is one. English, for whoever edits presets."""
    source = sources().get(values["source"])
    if source is None:
        return [f"source = {values['source']!r} is not one of {', '.join(sorted(sources()))}"]
    try:
        steps = read_steps(values["steps"])
    except BadStep as error:
        return [str(error)]
    found = [
        f"step {step.code}: {name!r} is not one of {', '.join(source.audiences)}"
        for step in steps
        for name in step.audience
        if name not in source.audiences
    ]
    kinds = [values["kind"], *(step.kind for step in steps if step.kind)]
    found += [f"kind = {kind!r} is not known" for kind in kinds if kind not in Kind.values]
    found += [f"channel {name!r} is not known" for name in values["channels"] if name not in channels()]
    if not 1 <= values["late_hours"] <= 24 * 14:
        found.append("late_hours is a number from 1 to 336")
    return found


def change_rule(*, rule: ReminderRule, by: Any, at: datetime, version: int | None, **values: Any) -> ReminderRule:
    """Other steps, channels, hours. What has been planned already keeps the words and times it has."""
    with transaction.atomic():
        row = as_changed(changes.lock(rule, version=version), values)
        changes.save(row, "change", by=by, at=at, fields=list(values))
        return row


def as_changed(rule: ReminderRule, values: Mapping[str, Any]) -> ReminderRule:
    """The rule as it would be, not saved; RuleBroken where nobody could follow it."""
    if unknown := sorted(values.keys() - set(EDITABLE)):
        raise TypeError(f"a rule is not changed in {', '.join(unknown)}")
    row = copy(rule)
    row.__dict__.pop("plan", None)
    for name, value in values.items():
        setattr(row, name, value)
    if mistakes := mistakes_in({name: getattr(row, name) for name in ("source", "kind", *EDITABLE)}):
        raise RuleBroken("; ".join(mistakes))
    return row
