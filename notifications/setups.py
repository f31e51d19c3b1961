"""Setting channels up: the one place that reads and writes their keys. A key goes in and never comes out to a page."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.cache import caches
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core import changes
from core.events import append
from core.refusals import RuleBroken
from core.sealing import seal, unseal
from notifications.channels import Outcome, Result, channels
from notifications.channels.needs import Need, NeedsSetup
from notifications.channels.talk import NotAllowed, checked
from notifications.models import ChannelSetup

KEY_MISSING = Outcome(Result.TEMPORARY, "key_missing", "its key cannot be read on this server; please enter it again")
READY = "channels-ready"
READY_SECONDS = 15
HIDDEN = "•••"


def channels_to_set_up() -> dict[str, NeedsSetup]:
    return {name: channel for name, channel in channels().items() if isinstance(channel, NeedsSetup)}


# -- What channels read ---------------------------------------------------------------------------


def active_setups(channel: str) -> list[ChannelSetup]:
    """Those in use. Which channels have any is remembered for some seconds, because every planning asks."""
    ready = caches["process"].get(READY)
    if ready is None:
        ready = set(ChannelSetup.objects.filter(is_active=True).order_by().values_list("channel", flat=True))
        caches["process"].set(READY, ready, READY_SECONDS)
    return list(ChannelSetup.objects.filter(channel=channel, is_active=True)) if channel in ready else []


def key_of(setup: ChannelSetup, name: str) -> str:
    return unseal(setup.sealed.get(name, ""))


def without_keys(outcome: Outcome, *keys: str) -> Outcome:
    """Providers like to repeat what they were asked; none of that reaches the ledger."""
    words = outcome.words
    for key in keys:
        for part in {key, *re.split(r"[/?&=]", key)}:
            if len(part) >= 8:
                words = words.replace(part, HIDDEN)
    return replace(outcome, words=words)


# -- What people change ---------------------------------------------------------------------------


def set_up(
    *, channel: str, group: str, values: Mapping[str, Any], keys: Mapping[str, str], by: Any, at: datetime
) -> ChannelSetup:
    """Begins switched off, so that it can be tested first."""
    needs = channels_to_set_up()[channel].needs
    _check(needs, values, keys)
    setup = ChannelSetup(channel=channel, group=group, values=dict(values), sealed=_sealed(keys))
    try:
        with transaction.atomic():
            setup.save(force_insert=True)
            append(setup, "create", by=by, at=at, payload={"channel": channel, "group": group, **_told(values, keys)})
    except IntegrityError:
        raise RuleBroken(_("This group has a robot already. Please change that one.")) from None
    return setup


def change_setup(
    *,
    setup: ChannelSetup,
    values: Mapping[str, Any],
    keys: Mapping[str, str],
    by: Any,
    at: datetime,
    version: int | None,
) -> ChannelSetup:
    """Other values and new keys. A key that is not named stays. What was tested is no longer what will be used."""
    _check(channels_to_set_up()[setup.channel].needs, values, keys)
    with transaction.atomic():
        row = changes.lock(setup, version=version)
        row.values, row.sealed = dict(values), row.sealed | _sealed(keys)
        row.tested_at, row.test_result = None, ""
        fields = ["values", "sealed", "tested_at", "test_result"]
        changes.save(row, "change", by=by, at=at, fields=fields, payload=_told(values, keys))
    return row


def forget_key(*, setup: ChannelSetup, name: str, by: Any, at: datetime, version: int | None) -> ChannelSetup:
    """Takes a key out. A channel that cannot do without it is switched off."""
    need = next(need for need in channels_to_set_up()[setup.channel].needs if need.name == name and need.is_key)
    with transaction.atomic():
        row = changes.lock(setup, version=version)
        row.sealed = {key: sealed for key, sealed in row.sealed.items() if key != name}
        row.is_active = row.is_active and not need.required
        payload = {"removed": name, "in_use": row.is_active}
        changes.save(row, "change", by=by, at=at, fields=["sealed", "is_active"], payload=payload)
        transaction.on_commit(forget_ready)
    return row


def switch(*, setup: ChannelSetup, on: bool, by: Any, at: datetime, version: int | None) -> ChannelSetup:
    with transaction.atomic():
        row = changes.lock(setup, version=version)
        if on and (missing := missing_in(row)):
            names = _(", ").join(str(need.label) for need in missing)
            raise RuleBroken(_("Something is still missing: %(names)s.") % {"names": names})
        row.is_active = on
        changes.save(row, "change", by=by, at=at, fields=["is_active"], payload={"in_use": on})
        transaction.on_commit(forget_ready)
    return row


def note_test(*, setup: ChannelSetup, outcome: Outcome, by: Any, at: datetime) -> ChannelSetup:
    """What the provider answered to a test."""
    with transaction.atomic():
        row = changes.lock(setup, version=None)
        row.tested_at, row.test_result = at, outcome.result.value
        row.test_code, row.test_words = outcome.code[:40], outcome.words[:200]
        fields = ["tested_at", "test_result", "test_code", "test_words"]
        payload = {"result": outcome.result.value, "code": outcome.code}
        changes.save(row, "tested", by=by, at=at, fields=fields, payload=payload)
    return row


def missing_in(setup: ChannelSetup) -> list[Need]:
    needs = channels_to_set_up()[setup.channel].needs
    has = {need.name: setup.has_key(need.name) if need.is_key else setup.value(need.name) != "" for need in needs}
    return [need for need in needs if need.required and not has[need.name]]


def forget_ready() -> None:
    caches["process"].delete(READY)


def _check(needs: Sequence[Need], values: Mapping[str, Any], keys: Mapping[str, str]) -> None:
    """Addresses are looked at before they are kept, and again each time something is sent."""
    for need in needs:
        url = {**values, **keys}.get(need.name, "")
        if need.is_address and url:
            try:
                checked(url)
            except NotAllowed as error:
                raise RuleBroken(str(error)) from None


def _sealed(keys: Mapping[str, str]) -> dict[str, str]:
    return {name: seal(key) for name, key in keys.items() if key}


def _told(values: Mapping[str, Any], keys: Mapping[str, str]) -> dict[str, Any]:
    """For the event log: the values, and of keys only that there are new ones."""
    return {"values": dict(values), "new_keys": sorted(name for name, key in keys.items() if key)}
