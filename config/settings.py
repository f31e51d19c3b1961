"""One settings file. Every variable it reads is explained in .env.example."""

from pathlib import Path

import dj_database_url
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from config.env import env_bool, env_int, env_list, env_redis, env_secret

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env_secret("VAR_DIR", str(BASE_DIR / "var"))).resolve()
VAR_DIR.mkdir(parents=True, exist_ok=True)

# -- Who we are ------------------------------------------------------------------------------
DEBUG = env_bool("DEBUG", default=False)
SECRET_KEY = env_secret("SECRET_KEY")
# Keys of residents' personal data, newest first: 32 random bytes in URL-safe base64 each.
VAULT_KEYS = env_list("VAULT_KEYS") or [env_secret("VAULT_KEY")]
# Mixed into the hashes of one-time codes, so that the database alone cannot check a guess.
CODE_PEPPER = env_secret("CODE_PEPPER")
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")
SITE_URL = env_secret("SITE_URL", "http://127.0.0.1:8000").rstrip("/")

# -- Apps, each may import only from those above it -------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_filters",
    "django_htmx",
    "core",
    "notifications",
    "teams",
    "visits",
    "issues",
    "assessment",
    "dashboard",
    "pages",
    "programmes",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.middleware.RefuseUnreadableInput",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.middleware.AnswerRefusals",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dashboard.shell.shell",
            ],
            "builtins": ["core.templatetags.core", "django.templatetags.i18n"],
        },
    }
]

# -- Database: SQLite beside the code unless DATABASE_URL names another -------------------------
SQLITE_OPTIONS = {
    # IMMEDIATE and WAL: two writers wait for each other instead of failing with "database is locked".
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;",
}
# Trying every order of ten joins takes PostgreSQL longer than the query itself; ours are written in a good order.
POSTGRES_OPTIONS = "-c join_collapse_limit=3"
DATABASE_URL = env_secret("DATABASE_URL", f"sqlite:///{VAR_DIR / 'manyi.sqlite3'}")
DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=600, conn_health_checks=True)}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
    DATABASES["default"]["TEST"] = {"NAME": VAR_DIR / "test.sqlite3"}
else:
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", POSTGRES_OPTIONS)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# -- Redis protocol: rings the bell for workers; the truth stays in the database -----------------
REDIS_URL = env_redis("REDIS_URL")
LOCAL_CACHE = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
# Database 1: emptying the cache must not empty the queue, which is in database 0.
REDIS_CACHE = {"LOCATION": REDIS_URL, "OPTIONS": {"db": 1, "socket_timeout": 2}}
CACHES = {
    # Counts of wrong tries: whoever cannot be counted has to wait, so that guessing never gets easier.
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", **REDIS_CACHE} if REDIS_URL else LOCAL_CACHE,
    # What can be worked out again: without Redis it is, each time.
    "answers": {"BACKEND": "core.answers_cache.AnswersCache", **REDIS_CACHE} if REDIS_URL else LOCAL_CACHE,
    # What one process may keep for itself, a minute at most: no way to a server, no way to take it back.
    "process": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "process"},
}
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://") or "memory://"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_VISIBILITY_TIMEOUT = 600
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": CELERY_VISIBILITY_TIMEOUT}
CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS = {"visibility_timeout": CELERY_VISIBILITY_TIMEOUT}
CELERY_TASK_ALWAYS_EAGER = not REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_SOFT_TIME_LIMIT = 90
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 250_000
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_IMPORTS = ["visits.outside.reading", "visits.computing", "visits.scheduling.plan"]
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")

# -- People who sign in ---------------------------------------------------------------------------
AUTH_USER_MODEL = "teams.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "teams.signing_in.NameOrPhoneBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
LOGIN_URL = "teams:login"
LOGIN_REDIRECT_URL = "dashboard:home"
LOGOUT_REDIRECT_URL = "teams:login"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "teams.signing_in.locked_out"
AXES_USERNAME_FORM_FIELD = "username"
AXES_IPWARE_PROXY_COUNT = env_int("PROXIES", 0)
AXES_ENABLE_ACCESS_FAILURE_LOG = False

# -- Language and time ----------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

# -- Static files ---------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
ASSETS_DIR = BASE_DIR / "var" / "vendor"
ASSETS_DIR.mkdir(parents=True, exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "static", ("vendor", ASSETS_DIR)]
MANIFEST_STATIC = env_bool("MANIFEST_STATIC", default=not DEBUG)
# Photos lie outside everything that is served; issues.views.photos hands them out one by one.
MEDIA_ROOT = env_secret("MEDIA_ROOT", str(VAR_DIR / "media"))
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "config.storage.HashedStaticFiles"
        if MANIFEST_STATIC
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not MANIFEST_STATIC
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# -- Safety ---------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
HTTPS = env_bool("HTTPS", default=not DEBUG)
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if AXES_IPWARE_PROXY_COUNT else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 12 * 3600
SESSION_SAVE_EVERY_REQUEST = False
CSRF_FAILURE_VIEW = "pages.views.form_expired"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000

# Servers from which people may have their own calendars read. A leading dot stands for every host of a domain.
CALENDAR_HOSTS = env_list("CALENDAR_HOSTS", "calendar.google.com,outlook.office365.com,outlook.live.com,.icloud.com")

# Servers messages may be handed to, written as above. Mail has its own settings.
CHANNEL_HOSTS = env_list("CHANNEL_HOSTS", "qyapi.weixin.qq.com,oapi.dingtalk.com,open.feishu.cn")

# -- Mail: none is sent while EMAIL_HOST is empty ---------------------------------------------------
EMAIL_HOST = env_secret("EMAIL_HOST", "")
EMAIL_PORT = env_int("EMAIL_PORT", 25)
EMAIL_HOST_USER = env_secret("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env_secret("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env_bool("EMAIL_USE_TLS", default=False)
EMAIL_USE_SSL = env_bool("EMAIL_USE_SSL", default=False)
EMAIL_FROM = DEFAULT_FROM_EMAIL = env_secret("EMAIL_FROM", "manyi@localhost")
EMAIL_TIMEOUT = 10  # seconds for each step of a sending; a lease is many times as long

# -- Forms ----------------------------------------------------------------------------------------
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# -- Wiring: how an app reaches one that stands above it ------------------------------------------
VISIT_CLOSING_CHECKS = [
    "visits.confirming.record_settled",
    "issues.closing.every_issue_submitted",
    "issues.closing.every_follow_up_seen",
    "issues.promises.every_promise_marked",
]
VISIT_ISSUE_COUNTS = ["issues.closing.counts_of"]
VISIT_AGENDA_PARTS = ["issues.promises.lines_of"]
HANDOVER_PARTS = ["visits.handover.hand_over_visits", "issues.handover.hand_over_issues"]
NIGHTLY_JOBS = [
    "issues.reviews.reopen_due",
    "dashboard.nightly.compare_counters",
    "dashboard.nightly.check_chain",
    "dashboard.nightly.forget_reporters",
    "issues.services.photos.forget_photos",
    "dashboard.nightly.forget_old_forms",
    "programmes.nightly.forget_uploads",
    "visits.outside.reading.read_all",
    "visits.computing.give_up_lost",
]
# What reminders look at, the ways they take, and who knows the days off.
REMINDER_SOURCES = [
    "notifications.reminders.sources",
    "visits.reminders.sources",
    "issues.reminders.sources",
    "assessment.reminders.sources",
]
REMINDER_CHANNELS = [
    "notifications.channels.in_app.InApp",
    "notifications.channels.mail.Mail",
    "notifications.channels.wecom_app.WeComApp",
    "notifications.channels.robots.WeComRobot",
    "notifications.channels.robots.DingTalkRobot",
    "notifications.channels.robots.FeishuRobot",
    "notifications.channels.sms.Sms",
]
# Who has a group chat in common.
REMINDER_GROUPS = "teams.message_groups.MessageGroups"
SMS_GATEWAY = "notifications.channels.sms.HttpGateway"
REMINDER_LEASE_SECONDS = 120
WORKING_DAYS = "visits.reminders.working_days"
