"""E-mail over SMTP. Sent again when the answer is lost, under the same Message-ID, so that readers fold the double."""

import smtplib
import threading
from collections.abc import Collection, Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy, override

from notifications.channels import ANSWER_LOST, NOT_SENT, Outcome, Outgoing, Repeats, Result
from notifications.way_out import token_for


class Mail:
    name = "mail"
    label = gettext_lazy("E-mail")
    gathers = True
    repeats = Repeats.ALWAYS
    is_quiet_at_night = True
    seconds = 20
    batch = 20

    def __init__(self) -> None:
        # One instance serves all threads of the process, and each talks to the mail server on a line of its own.
        self._own = threading.local()

    def is_ready(self) -> bool:
        return bool(settings.EMAIL_HOST)

    def addresses(self, people: Collection[int]) -> Mapping[int, str]:
        user = get_user_model()
        field = user.get_email_field_name()
        rows = user._default_manager.filter(pk__in=people, is_active=True).exclude(**{field: ""})
        return dict(rows.values_list("pk", field))

    def send(self, message: Outgoing) -> Outcome:
        silence = NOT_SENT
        try:
            connection = self._open()
            silence = ANSWER_LOST  # from here on the server may have taken it
            connection.send_messages([letter(message)])
        except smtplib.SMTPRecipientsRefused as error:
            return _answered(*next(iter(error.recipients.values())))
        except smtplib.SMTPDataError as error:
            return _answered(error.smtp_code, error.smtp_error)
        except smtplib.SMTPResponseException as error:
            self.close()  # the greeting, our name or our password: not this letter's fault
            return Outcome(Result.TEMPORARY, str(error.smtp_code), _text(error.smtp_error))
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            return Outcome(Result.TEMPORARY, silence, f"{type(error).__name__}: {error}"[:200])
        return Outcome(Result.ACCEPTED, "250")

    def close(self) -> None:
        connection, self._own.connection = getattr(self._own, "connection", None), None
        if connection is not None:
            try:
                connection.close()
            except (smtplib.SMTPException, OSError):
                pass  # it had gone before we hung up

    def _open(self) -> Any:
        """One connection for a whole batch; Django gives it settings.EMAIL_TIMEOUT for each step."""
        if getattr(self._own, "connection", None) is None:
            self._own.connection = get_connection(fail_silently=False)
            self._own.connection.open()
        return self._own.connection


def letter(message: Outgoing) -> EmailMultiAlternatives:
    """Plain and HTML parts in the reader's language, with the reason for receiving it and the way out."""
    with override(message.language):
        lines = [(sentence, settings.SITE_URL + path if path else "") for sentence, path in message.lines]
        way_out = "" if message.mandatory else _unsubscribe_url(message)
        context = {"lines": lines, "subject": message.subject, "way_out": way_out, "home": settings.SITE_URL}
        context["language"] = message.language
        text = render_to_string("messages/_mail.txt", context)
        html = render_to_string("messages/_mail.html", context)
    headers = {"Message-ID": message.message_id, "Auto-Submitted": "auto-generated"}
    if way_out:
        headers |= {"List-Unsubscribe": f"<{way_out}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    mail = EmailMultiAlternatives(message.subject, text, settings.EMAIL_FROM, [message.address], headers=headers)
    mail.attach_alternative(html, "text/html")
    return mail


def _unsubscribe_url(message: Outgoing) -> str:
    try:
        path = reverse("notifications:unsubscribe", args=[token_for(message.recipient_id, message.rule_code)])
    except NoReverseMatch:
        return ""
    return settings.SITE_URL + path


def _answered(code: int, words: bytes | str) -> Outcome:
    """The server's own answer to this letter: 5xx is final, 4xx is not."""
    result = Result.PERMANENT if 500 <= code < 600 else Result.TEMPORARY
    return Outcome(result, str(code), _text(words))


def _text(words: bytes | str) -> str:
    return (words.decode(errors="replace") if isinstance(words, bytes) else words)[:200]
