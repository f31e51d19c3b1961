"""Words of an official that residents will read: they hold nobody's number."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.personal import looks_personal

PERSONAL = _("Residents can read this, and there seems to be a phone or identity number in it. Please take it out.")


def public_text(value: str) -> str:
    """For the `validators` of a field."""
    if looks_personal(value):
        raise ValidationError(PERSONAL)
    return value
