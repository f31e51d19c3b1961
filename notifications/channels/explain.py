"""What became of a sending, in words for the office: our own reasons in its language, the provider's as they came."""

from django.utils.translation import gettext_lazy as _

RESULTS = {
    "accepted": _("The provider has taken it."),
    "temporary": _("Not now. It is tried again later."),
    "permanent": _("Refused for good."),
    "unknown": _("Perhaps sent: the answer was lost."),
    "not_yet": _("Held back by our own limit. It goes out later."),
}
# Reasons of our own, by the code in the ledger.
REASONS = {
    "our_pace": _("The robot may send 20 messages a minute at most."),
    "day_is_full": _("No more text messages may be sent today."),
    "key_missing": _("Its key cannot be read on this server. Please enter it again."),
    "not_set_up": _("This channel has not been set up."),
    "not_allowed": _("Messages may not be sent to this server."),
    "not_sent": _("The provider could not be reached. Nothing was sent."),
    "answer_lost": _("The provider took the message and did not answer in time."),
    "empty": _("The provider's answer was empty."),
    "no_address": _("There is no address to send it to."),
    "broken": _("Something in the message itself is broken."),
    "http 429": _("Too many messages at once."),
    "http 503": _("The provider's server is too busy."),
    "http 200": _("The provider's answer cannot be understood."),
}


def reason(code: str, words: str) -> str:
    """`93000 invalid webhook url` for what a provider said."""
    return str(REASONS.get(code) or f"{code} {words}".strip())
