"""Mail that does not wait long for a server on the same machine."""

from notifications.channels.mail import Mail


class QuickMail(Mail):
    seconds = 2
    is_quiet_at_night = False
    gathers = False
