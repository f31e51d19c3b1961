"""The one door for writes: lock the row, compare the version, save with version + 1, append one event."""

from datetime import datetime
from typing import Any, TypeVar, cast

from django.db import models, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from core.events import append, history_of
from core.models import Event, Versioned
from core.refusals import Conflict, RuleBroken
from core.statements import Statement, written

V = TypeVar("V", bound=Versioned)
NOBODY = -1


def lock(row: V, *, version: int | None) -> V:
    """The row as it is now, locked until the transaction ends. RuleBroken when it has been deleted meanwhile.

    `version` is what the person saw; None means the caller acts on the row as it is now. Others may refer to the row
    meanwhile (`no_key`, as in every lock of ours): they ask for it when they commit, and hold the log's head by then.
    """
    model = cast(type[V], row._meta.model)  # request.user is a lazy stand-in, so not type(row)

    def locked() -> Statement:
        rows = model._default_manager.select_for_update(of=("self",), no_key=True).filter(pk=NOBODY)
        return Statement(rows, blanks={NOBODY: "row"})

    found = written("locked", model._meta.label, make=locked).rows(row=row.pk)
    if not found:
        raise RuleBroken(_("This is no longer there: somebody has deleted it."))
    current: V = found[0]
    if version is not None and current.version != version:
        raise _conflict(current)
    return current


def save(
    row: Versioned,
    verb: str,
    *,
    by: Any,
    at: datetime,
    fields: list[str],
    payload: dict[str, Any] | None = None,
) -> Event:
    """Write `fields`, raise the version by one and append one event."""
    with transaction.atomic():
        write(row, fields)
        values = {name: getattr(row, name) for name in fields}
        return append(row, verb, by=by, at=at, payload=payload if payload is not None else values)


def write(row: Versioned, fields: list[str]) -> None:
    """Write `fields` and raise the version by one; the caller appends the events, several at once, before it commits.

    The update names the version it was read at, so it also holds where the database cannot lock rows.
    """
    values = {name: getattr(row, name) for name in fields}
    changed = (
        type(row)._default_manager.filter(pk=row.pk, version=row.version).update(version=F("version") + 1, **values)
    )
    if changed != 1:
        raise _conflict(row)
    row.version += 1


def _conflict(row: models.Model) -> Conflict:
    last = history_of(row).first()
    return Conflict(row, by=last.actor_name if last else "", at=last.occurred_at if last else None)
