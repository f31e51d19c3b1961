"""Every change to people, seats, pairings and grants. `by` None is the system: an installation or an import."""

from teams.services.contact import ask_for_email, confirm_email, refuse_email, send_again, set_email, withdraw_email
from teams.services.grants import grant, revoke
from teams.services.nominations import approve_nomination, decline_nomination, nominate
from teams.services.pairings import end_pairing, pair
from teams.services.people import (
    change_password,
    create_person,
    deactivate_person,
    note_password_link,
    reactivate_person,
    set_large_text,
    set_person,
)
from teams.services.phone import ask_for_phone, confirm_phone, send_codes_again, set_phone, withdraw_phone
from teams.services.seats import replace_member, vacate_seat

__all__ = [
    "approve_nomination",
    "ask_for_email",
    "ask_for_phone",
    "change_password",
    "confirm_email",
    "confirm_phone",
    "create_person",
    "deactivate_person",
    "decline_nomination",
    "end_pairing",
    "grant",
    "nominate",
    "note_password_link",
    "pair",
    "reactivate_person",
    "refuse_email",
    "replace_member",
    "revoke",
    "send_again",
    "send_codes_again",
    "set_email",
    "set_large_text",
    "set_person",
    "set_phone",
    "vacate_seat",
    "withdraw_email",
    "withdraw_phone",
]
