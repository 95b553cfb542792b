"""Django's settings. What differs between installations comes from `environment`."""

from __future__ import annotations

from pathlib import Path

from csp.constants import NONCE, NONE, SELF

from provident.web.config.environment import environment


ENVIRONMENT = environment()

DEBUG = False
SECRET_KEY = ENVIRONMENT.secret("django")
ALLOWED_HOSTS = list(ENVIRONMENT.hosts)
CLOCK_FILE = ENVIRONMENT.clock
DATA_DIRECTORY = ENVIRONMENT.data
OBJECT_STORE = ENVIRONMENT.store

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_q",
    "axes",
    "csp",
    "provident.web.ui",
    "provident.web.ledger",
    "provident.web.jobs",
    "provident.web.studies",
    "provident.web.people",
    "provident.web.sites",
    "provident.web.planning",
    "provident.web.participants",
    "provident.web.exams",
    "provident.web.scanners",
    "provident.web.dose",
    "provident.web.qc",
    "provident.web.readers",
    "provident.web.reading",
    "provident.web.drift",
    "provident.web.intake",
    "provident.web.reports",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "provident.web.config.middleware.Errors",
    "provident.web.config.middleware.CurrentMembership",
]

ROOT_URLCONF = "provident.web.config.urls"
WSGI_APPLICATION = "provident.web.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,  # <app>/jinja2/
        "OPTIONS": {
            "environment": "provident.web.ui.jinja.environment",
            "context_processors": ["provident.web.people.frame.frame"],
        },
    }
]

DATABASES = {"default": ENVIRONMENT.django_database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"
    },
]
LOGIN_URL = "/login"
LOGIN_REDIRECT_URL = "/"
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "ui/lockout.jinja"
AXES_VERBOSE = False
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address"]

SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.secure
CSRF_FAILURE_VIEW = "provident.web.ui.views.csrf_failed"
SECURE_HSTS_SECONDS = 31536000 if ENVIRONMENT.secure else 0
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.secure else None
)
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "/static/"
STATICFILES_DIRS = [Path(__file__).resolve().parents[1] / "static"]  # what Vite built
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

MAIL = ENVIRONMENT.mail  # blank: messages are kept and not sent
_MAIL = ENVIRONMENT.django_mail()
EMAIL_BACKEND, EMAIL_HOST, EMAIL_PORT = _MAIL["backend"], _MAIL["host"], _MAIL["port"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _MAIL["user"], _MAIL["password"]
EMAIL_USE_SSL, EMAIL_USE_TLS, EMAIL_TIMEOUT = _MAIL["ssl"], _MAIL["tls"], 20
DEFAULT_FROM_EMAIL = ENVIRONMENT.mail_from

DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 2**20
FILE_UPLOAD_MAX_MEMORY_SIZE = 2**20

Q_CLUSTER = {
    "name": "provident",
    "orm": "default",
    "workers": 2,
    "timeout": 600,
    "retry": 660,
    "max_attempts": 5,
    "ack_failures": False,
    "catch_up": False,
    "poll": 0.3,
    "save_limit": 1000,
    "label": "Jobs",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"provident": {"level": "INFO"}, "django.request": {"level": "ERROR"}},
}
