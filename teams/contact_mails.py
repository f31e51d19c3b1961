"""The two mails that ask whether an address may change, and the signed links in them."""

import logging
import smtplib
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.signing import BadSignature, TimestampSigner
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from teams.models import EmailChange, User
from teams.models.contact import GOOD_FOR

logger = logging.getLogger(__name__)
OLD, NEW = "old", "new"
SIGNER = TimestampSigner(salt="email-change")


def can_send() -> bool:
    return bool(settings.EMAIL_HOST)


def token_for(change: EmailChange, side: str) -> str:
    return SIGNER.sign_object([change.pk, side])


def read_token(token: str) -> tuple[EmailChange, str] | None:
    """Which change and which mailbox; None for a link nobody sent or one older than three days."""
    try:
        pk, side = SIGNER.unsign_object(token, max_age=GOOD_FOR)
    except (BadSignature, ValueError):
        return None
    change = EmailChange.objects.select_related("user").filter(pk=pk).first()
    return (change, side) if change and side in (OLD, NEW) else None


def send_links(change: EmailChange, at: datetime) -> None:
    """To either address; what could not be sent is seen on the person's page, which offers to send it again."""
    mails = [_mail(change, NEW)]
    if change.old_email:
        mails.append(_mail(change, OLD))
    try:
        get_connection(fail_silently=False).send_messages(mails)
    except (smtplib.SMTPException, OSError):
        logger.exception("the mails of the change of address %s could not be sent", change.pk)
        return
    EmailChange.objects.filter(pk=change.pk).update(sent_at=at)


def tell_old_mailbox(person: User, old: str) -> None:
    """That the administrator has taken it out of use."""
    subject = _("Your e-mail address has changed")
    words = _(
        "%(name)s, the administrator has entered another e-mail address for you. If you did not ask for it, please call the office."
    )
    text = f"{words % {'name': person.name}}\n{settings.SITE_URL}\n"
    mail = EmailMultiAlternatives(
        subject, text, settings.EMAIL_FROM, [old], headers={"Auto-Submitted": "auto-generated"}
    )
    try:
        mail.send()
    except (smtplib.SMTPException, OSError):
        logger.exception("the old address of person %s could not be told", person.pk)


def _mail(change: EmailChange, side: str) -> EmailMultiAlternatives:
    subject = _("Please confirm your e-mail address") if side == NEW else _("Your e-mail address is to change")
    url = settings.SITE_URL + reverse("teams:confirm_email", args=[token_for(change, side)])
    context = {"change": change, "is_new": side == NEW, "url": url, "subject": subject, "language": get_language()}
    address = change.new_email if side == NEW else change.old_email
    headers = {"Auto-Submitted": "auto-generated"}
    text = render_to_string("messages/_email_change.txt", context)
    mail = EmailMultiAlternatives(subject, text, settings.EMAIL_FROM, [address], headers=headers)
    mail.attach_alternative(render_to_string("messages/_email_change.html", context), "text/html")
    return mail
