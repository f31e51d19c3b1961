"""The two text messages that ask whether a number may change: a code to the old number and one to the new."""

import secrets
from datetime import datetime

from django.utils.translation import gettext as _

from notifications.codes import LEFT_THE_HOUSE, send_text
from teams.models import PhoneChange
from teams.names import masked_phone

Codes = tuple[str, str]


def new_codes() -> Codes:
    """For the old number and for the new one."""
    return f"{secrets.randbelow(10**6):06d}", f"{secrets.randbelow(10**6):06d}"


def send_codes(change: PhoneChange, codes: Codes, at: datetime) -> None:
    """What could not be sent is seen on the person's page, which offers to send it again."""
    facts = {"new": masked_phone(change.new_phone)}
    old = _("Code %(code)s: your sign-in number is to become %(new)s. If this was not you, call the office at once.")
    new = _("Code %(code)s: this is to become your number for signing in to Manyi Visits. Good for 30 minutes.")
    texts = ((change.old_phone, old, codes[0]), (change.new_phone, new, codes[1]))
    results = [send_text(phone, words % {**facts, "code": code}, at=at).result for phone, words, code in texts]
    if all(result in LEFT_THE_HOUSE for result in results):
        PhoneChange.objects.filter(pk=change.pk).update(sent_at=at)
