"""Settings. Everything that differs between installations comes from the environment (docs/operations.md)."""

import os
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext_lazy as _

from linli.config.database import database_settings
from linli.config.front import front_settings
from linli.config.keys import load_keys
from linli.foundation.trail import logs

BASE_DIR = Path(__file__).resolve().parents[3]
# Where data lives: database, uploads, keys. Never inside the package, never under the web root.
TESTING = "pytest" in sys.modules
_DEFAULT_DATA = BASE_DIR / "build" / "test-data" / os.environ.get("PYTEST_XDIST_WORKER", "one")
DATA_DIR = Path(os.environ.get("LINLI_DATA", _DEFAULT_DATA if TESTING else BASE_DIR / "var"))
PACKS_DIR = BASE_DIR / "packs"

DEBUG = os.environ.get("LINLI_DEBUG") == "1"
_DATABASE = os.environ.get("LINLI_DATABASE", f"sqlite:///{DATA_DIR}/linli.sqlite3")
DATABASES = {"default": database_settings(_DATABASE, kept=not TESTING)}
# Who is served, and all that TLS in front of the server asks for.
_FRONT = front_settings(os.environ)
PROXIES: int = _FRONT["PROXIES"]
globals().update(_FRONT)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

KEYS = load_keys(DATA_DIR / "keys.json", testing=TESTING)
SECRET_KEY = KEYS.secret
# What signs the seals of the trail, where the newest head is dropped, and to whom it is sent.
SEAL_KEY = os.environ.get("LINLI_SEAL_KEY", f"{DATA_DIR}/seal.key")
HEADS = os.environ.get("LINLI_HEADS", "")
HEAD_MAIL = [one for one in os.environ.get("LINLI_HEAD_MAIL", "").split(",") if one]
_MAIL = urlsplit(os.environ.get("LINLI_SMTP", "smtp://127.0.0.1:25"))
EMAIL_HOST, EMAIL_PORT = _MAIL.hostname or "127.0.0.1", _MAIL.port or 25
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_MAIL.username or ""), unquote(_MAIL.password or "")
EMAIL_USE_SSL = _MAIL.scheme == "smtps"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("LINLI_MAIL_FROM", "linli@localhost")

LOGGING = logs.settings(os.environ.get("LINLI_LOG_LEVEL", "INFO"))

INSTALLED_APPS = [
    "linli.foundation",
    "linli.ground.areas",
    "linli.ground.users",
    "linli.ground.notifications",
    "linli.registry.residents",
    "linli.registry.partners",
    "linli.registry.newcomers",
    "linli.law.policies",
    "linli.money.ledger",
    "linli.money.awards",
    "linli.money.payments",
    "linli.aid.assistance",
    "linli.overview.planning",
    "linli.overview.workbench",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
]
MIDDLEWARE = [
    "linli.foundation.screens.middleware.LogMiddleware",
    "linli.foundation.screens.middleware.HopsMiddleware",
    # Pages travel compressed; each answer is of another length, so that none tells what a form's secret is.
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "linli.foundation.screens.middleware.ChineseFirstMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "linli.foundation.screens.middleware.SpellingMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "linli.foundation.screens.middleware.PrivateMiddleware",
    "linli.ground.users.web.refusals.RefusalsMiddleware",
    "linli.foundation.screens.reads.ReadsMiddleware",
    "linli.ground.users.web.middleware.RememberAuthorityMiddleware",
    # Before anything reads a form, which the check of its token does.
    "linli.foundation.screens.middleware.SizeMiddleware",
    "linli.ground.users.web.middleware.DoorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "linli.ground.users.web.again.AgainMiddleware",
    "linli.foundation.screens.middleware.RefusalMiddleware",
    "linli.foundation.screens.middleware.ReadingMiddleware",
]

# Tests ask for pages, not for files: WhiteNoise would only warn that none were collected.
if TESTING:
    MIDDLEWARE.remove("whitenoise.middleware.WhiteNoiseMiddleware")

ROOT_URLCONF = "linli.config.urls"
WSGI_APPLICATION = "linli.config.wsgi.application"
AUTH_USER_MODEL = "users.User"
PASSWORD_HASHERS = ["linli.config.passwords.OnePasswordHasher"]
LOGIN_URL = "log_in"
LOGIN_REDIRECT_URL = "my_work"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "linli.foundation.screens.context.frame",
            ],
            "builtins": ["linli.foundation.templatetags.linli"],
        },
    }
]

# Chinese is the language the product is written in; English is its one complete translation.
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("中文")), ("en", _("英文"))]
USE_I18N = True
# Rooms that are no Django apps keep their English texts beside them as well.
LOCALE_PATHS = [BASE_DIR / "src" / "linli" / room / "locale" for room in ("kernel", "config", "simulator")]
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
UPLOADS_DIR = DATA_DIR / "uploads"
# What is typed; files have bounds of their own.
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["linli.foundation.files.receiving.BoundedUploadHandler"]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "style-src": ["'self'", "'unsafe-inline'"],  # bar widths and SVG texts carry their numbers inline
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
    }
}
SESSION_ENGINE = "linli.ground.users.web.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 8 * 3600
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
# Whether a domain's other hosts speak TLS (W005), and whether browsers know it beforehand (W021), its owner says.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

# Jobs are rows in the same database, written in the act that queues them.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "ENQUEUE_ON_COMMIT": False}}

# A demonstration lives on its own day: set it and every page shows a banner. Empty: the real clock.
DEMO_TODAY = os.environ.get("LINLI_TODAY", "")
# Log-in page lists one account per role only in a demonstration.
DEMO = os.environ.get("LINLI_DEMO") == "1"
# Whoever works in an office shows a second factor; the accounts of a demonstration are everybody's.
SECOND_FACTOR = not DEMO
# Another day of the demonstration, served beside this one: "2026-12-31=http://127.0.0.1:8001/". A browser does not tell
# cookies of two ports apart, so those of each day have a name of their own.
DEMO_OTHER = os.environ.get("LINLI_DEMO_OTHER", "")
if DEMO_OTHER:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"session-{DEMO_TODAY}", f"csrf-{DEMO_TODAY}"
