"""The way out of a mail: a signed address that stops the mails of one rule for one person, without signing in."""

from django.core.signing import BadSignature, Signer
from django.db import transaction

from notifications.models import Preference, ReminderRule

SIGNER = Signer(salt="reminder-way-out")
MAIL = "mail"


def token_for(person: int, rule_code: str) -> str:
    """Does not expire: a mail may be opened years later, and all it can do is make less noise."""
    return SIGNER.sign_object([person, rule_code])


def read_token(token: str) -> tuple[int, ReminderRule] | None:
    """Who and which rule; None for a token nobody gave out or a rule that cannot be muted (any more)."""
    try:
        person, code = SIGNER.unsign_object(token)
    except (BadSignature, ValueError):
        return None
    rule = ReminderRule.objects.filter(code=code, mandatory=False).first()
    return (person, rule) if rule else None


def mute(*, person: int, rule: ReminderRule) -> None:
    """From now on this person gets no mail of this rule. What else they asked to hear it by stays."""
    entry = f"{rule.code}/{MAIL}"
    with transaction.atomic():
        wishes, _created = Preference.objects.select_for_update(no_key=True).get_or_create(user_id=person)
        if entry not in wishes.muted:
            wishes.muted = [*wishes.muted, entry]
            wishes.save(update_fields=["muted"])
