"""The site's settings with reminders of every account, short leases and a mail server of our own."""

from config.settings import *  # noqa: F403

REMINDER_SOURCES = ["faults.sources.sources"]
REMINDER_CHANNELS = ["notifications.channels.in_app.InApp", "faults.channels.QuickMail"]
# A minute of a broken night takes a second here.
REMINDER_LEASE_SECONDS = 6
EMAIL_TIMEOUT = 2
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
ALLOWED_HOSTS = ["127.0.0.1"]
HTTPS = SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
