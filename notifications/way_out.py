"""The way out of a reminder: a signed address that keeps one rule inside the app for one person, without signing in."""

from typing import Any

from django.core.signing import BadSignature, Signer
from django.db import transaction

from notifications.models import Preference, ReminderRule

SIGNER = Signer(salt="reminder-way-out")


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


def mute(*, person: int, rule: ReminderRule, muted: bool = True) -> None:
    """From now on this rule stays inside the app for this person, or comes out again."""
    with transaction.atomic():
        wishes, _created = Preference.objects.select_for_update().get_or_create(user_id=person)
        codes = [code for code in wishes.muted if code != rule.code]
        wishes.muted = [*codes, rule.code] if muted else codes
        wishes.save(update_fields=["muted"])


def muted_by(person: Any) -> set[str]:
    wishes = Preference.objects.filter(user=person).first()
    return set(wishes.muted) if wishes else set()
