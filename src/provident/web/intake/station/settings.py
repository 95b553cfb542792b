"""Django's settings for the gateway's own screen: no database, no accounts, this machine alone."""

from __future__ import annotations

import os
from pathlib import Path

from csp.constants import NONCE, NONE, SELF

from provident.kernel.ids import new_token


_WEB = Path(__file__).resolve().parents[2]
DATA_DIRECTORY = Path(os.environ["PROVIDENT_DATA"])
_PORT = os.environ.get("PROVIDENT_REVIEW_PORT", "")

DEBUG = False
# Of this process alone: when the command ends, so does every session.
SECRET_KEY = os.environ.get("PROVIDENT_REVIEW_SECRET") or new_token(48)
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]  # another name is somebody else's page
INSTALLED_APPS = [
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "provident.web.ui",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "provident.web.intake.station.entry.Entered",
]
ROOT_URLCONF = "provident.web.intake.station.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,
        "DIRS": [_WEB / "intake/jinja2"],
        "OPTIONS": {
            "environment": "provident.web.ui.jinja.environment",
            "context_processors": ["provident.web.intake.station.entry.frame"],
        },
    }
]
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
SESSION_COOKIE_NAME = (
    f"provident-review-{_PORT}"  # a browser keeps cookies by host, not by port
)
SESSION_COOKIE_AGE = 4 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_NAME = f"provident-review-csrf-{_PORT}"
CSRF_FAILURE_VIEW = "provident.web.ui.views.csrf_failed"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
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
LANGUAGE_CODE, TIME_ZONE, USE_TZ = "en-gb", "UTC", True
STATIC_URL = "/static/"
STATICFILES_DIRS = [_WEB / "static", _WEB / "intake/static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000  # values of a long list that are ticked
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django.request": {"level": "CRITICAL"}
    },  # a fault is logged by its class alone
}
