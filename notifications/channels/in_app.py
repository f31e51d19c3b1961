"""The inbox: always there, and exactly once, because the message and its mark are one transaction."""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from notifications.channels import Outcome, Outgoing, Repeats, Result
from notifications.models import Delivery, Message


class InApp:
    name = "in_app"
    label = _("In the app")
    gathers = False
    repeats = Repeats.ALWAYS
    is_quiet_at_night = False
    seconds = 20
    batch = 500

    def is_ready(self) -> bool:
        return True

    def addresses(self, people: Collection[int]) -> Mapping[int, str]:
        return dict.fromkeys(people, "")

    def write(self, token: UUID, ids: list[int]) -> None:
        """One message for each delivery; the key on `delivery` refuses a second one."""
        rows = Delivery.objects.filter(pk__in=ids, lease_token=token).order_by("pk")
        facts = rows.values_list("pk", "recipient_id", "occurrence__kind", "occurrence__facts", "occurrence__url")
        Message.objects.bulk_create(
            [
                Message(delivery_id=pk, recipient_id=recipient, kind=kind, facts=facts, url=url, created_at=Now())
                for pk, recipient, kind, facts, url in facts
            ],
            batch_size=500,
        )

    def send(self, message: Outgoing) -> Outcome:
        return Outcome(Result.PERMANENT, words="the inbox is written, not sent")

    def close(self) -> None:
        pass
