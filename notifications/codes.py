"""A text message somebody waits for, like a code: at once, at night too, within what the channel may send in a day.

It is no row of the ledger and is never sent a second time: in half an hour it is worth nothing. Never inside a transaction.
"""

from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string

from core.clock import today
from core.sealing import KeyMissing
from notifications.allowances import put_back, take_of_day
from notifications.channels import Outcome, Result
from notifications.channels.sms import Gateway
from notifications.setups import KEY_MISSING, active_setups, key_of, without_keys

SMS = "sms"
LEFT_THE_HOUSE = (Result.ACCEPTED, Result.UNKNOWN)


def can_send_texts() -> bool:
    return bool(active_setups(SMS))


def send_text(phone: str, text: str, *, at: datetime) -> Outcome:
    """What the gateway said; the day's limit for one person does not count, because somebody asked for this."""
    setup = next(iter(active_setups(SMS)), None)
    if setup is None:
        return Outcome(Result.PERMANENT, "not_set_up")
    try:
        key = key_of(setup, "key")
    except KeyMissing:
        return KEY_MISSING
    if not take_of_day(SMS, most=int(setup.value("per_day", 500)), day=today(at)):
        return Outcome(Result.NOT_YET, "day_is_full")
    gateway: Gateway = import_string(settings.SMS_GATEWAY)()
    outcome = without_keys(gateway.send(setup, key, phone, text), key)
    if outcome.result not in LEFT_THE_HOUSE:
        put_back(SMS, day=today(at))
    return outcome
