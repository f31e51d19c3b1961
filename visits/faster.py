"""Somebody changed the thing while a form was being filled in: the form comes again with all that was typed."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.refusals import Conflict
from core.templatetags.core import zhmoment

FASTER = "faster"


def say_who_was_faster(form: Any, conflict: Conflict) -> None:
    """Sending it once more is a decision then: it replaces what the other person wrote."""
    form.data = form.data.copy()
    form.data["version"] = conflict.obj.version
    if conflict.by and conflict.at:
        sentence = _(
            "%(name)s changed this too, at %(time)s. What you typed still stands here; sending it replaces that."
        )
        values = {"name": conflict.by, "time": zhmoment(conflict.at)}
    else:
        sentence = _("Somebody changed this too. What you typed still stands here; sending it replaces that.")
        values = {}
    form.add_error("version", ValidationError(sentence % values, code=FASTER))


def somebody_was_faster(form: Any) -> bool:
    return bool(form.has_error("version", FASTER))
