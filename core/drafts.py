"""What somebody is still writing: kept on the server from screen to screen, one draft per person and form."""

from typing import Any

from core.models import Draft

LONGEST = 20_000  # characters of one field; nothing people type is longer


def load(owner: Any, form: str) -> dict[str, Any]:
    """What was typed last, or nothing."""
    draft = Draft.objects.filter(owner=owner, form=form).first()
    return draft.body if draft else {}


def save(owner: Any, form: str, body: dict[str, Any]) -> None:
    Draft.objects.update_or_create(owner=owner, form=form, defaults={"body": body})


def clear(owner: Any, form: str) -> None:
    """The form was sent, so nothing is left to keep."""
    Draft.objects.filter(owner=owner, form=form).delete()


def typed(data: Any, names: Any) -> dict[str, Any]:
    """The fields of a POST worth keeping: lists where several values were ticked, text cut to a sane length."""
    found: dict[str, Any] = {}
    for name in names:
        values = [value[:LONGEST] for value in data.getlist(name)]
        if values:
            found[name] = values if len(values) > 1 else values[0]
    return found
