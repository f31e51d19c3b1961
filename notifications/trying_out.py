"""Sending a test: what the provider answers, without a row of the ledger. Never inside a transaction."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.limits import count
from core.refusals import RuleBroken
from notifications.channels import Outcome, Outgoing, channels
from notifications.drain import UNREACHABLE, send
from notifications.models import ChannelSetup
from notifications.setups import missing_in, note_test

A_MINUTE = 60
MOST = 5


def try_out(channel_name: str, *, address: str | None, by: Any) -> Outcome:
    """One message to this address; to the person's own by this channel when there is none."""
    if count(f"channel-test-{by.pk}", A_MINUTE) > MOST:
        raise RuleBroken(_("These were many tests. Please wait a minute."))
    channel = channels()[channel_name]
    if address is None:
        address = channel.addresses({by.pk}).get(by.pk)
    if not address:
        return UNREACHABLE
    message = Outgoing(
        delivery_id=0,
        message_id=f"<test.{uuid4().hex}@manyi>",
        recipient_id=by.pk,
        address=address,
        language=get_language() or "",
        subject=_("Test"),
        lines=((_("This is a test. Whoever can read it need not do anything."), ""),),
        rule_code="",
        mandatory=True,
    )
    outcome = send(channel, message)
    channel.close()
    return outcome


def try_out_setup(*, setup: ChannelSetup, by: Any, at: datetime) -> ChannelSetup:
    """To the group's robot, or to the person who asks. The answer is kept beside the setting."""
    if missing := missing_in(setup):
        names = _(", ").join(str(need.label) for need in missing)
        raise RuleBroken(_("Something is still missing: %(names)s.") % {"names": names})
    outcome = try_out(setup.channel, address=str(setup.pk) if setup.group else None, by=by)
    return note_test(setup=setup, outcome=outcome, by=by, at=at)
