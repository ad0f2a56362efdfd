"""Django settings. Everything that differs between homes comes from the environment (see `project.setup`)."""

import os
from typing import Any

from cleanclaim.project.database_url import parse_database_url

KIND = os.environ.get(
    "CLEANCLAIM_KIND", "test"
)  # demo, test or production: fixed when the home was made
HOME = os.environ.get("CLEANCLAIM_HOME", "")
SECRET_KEY = os.environ.get("CLEANCLAIM_SECRET_KEY", "only-for-commands-that-serve-nothing")
ROLE_PREFIX = os.environ.get("CLEANCLAIM_ROLE_PREFIX", "cleanclaim")
DEBUG = False

HOSTS = os.environ.get("CLEANCLAIM_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
ALLOWED_HOSTS = [*HOSTS, "testserver"] if KIND == "test" else HOSTS
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in HOSTS]

DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        **parse_database_url(os.environ.get("CLEANCLAIM_DATABASE", "postgresql:///cleanclaim")),
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 8}}
        if os.environ.get("CLEANCLAIM_POOL")
        else {},
        "CONN_MAX_AGE": 0,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

SHARED_APPS = [
    "cleanclaim.apps.shared.tenancy",
    "cleanclaim.apps.shared.pages",
    "cleanclaim.apps.shared.users",
    "cleanclaim.apps.shared.audit",
    "cleanclaim.apps.shared.outbox",
    "cleanclaim.apps.shared.parties",
    "cleanclaim.apps.shared.reference",
    "cleanclaim.apps.shared.exchange",
    "cleanclaim.apps.shared.ledger",
    "cleanclaim.apps.shared.work",
]
BILLING_APPS = [
    "cleanclaim.apps.billing.patients",
    "cleanclaim.apps.billing.coverage",
    "cleanclaim.apps.billing.charges",
    "cleanclaim.apps.billing.claims",
    "cleanclaim.apps.billing.remittances",
]
PAYER_APPS = [
    "cleanclaim.apps.payer.plans",
    "cleanclaim.apps.payer.members",
    "cleanclaim.apps.payer.intake",
    "cleanclaim.apps.payer.adjudication",
    "cleanclaim.apps.payer.disbursements",
]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "django_htmx",
    "procrastinate.contrib.django",
    *SHARED_APPS,
    *BILLING_APPS,
    *PAYER_APPS,
]

AUTH_USER_MODEL = "users.User"
ROOT_URLCONF = "cleanclaim.project.urls"
WSGI_APPLICATION = "cleanclaim.project.wsgi.application"

LANGUAGE_CODE = "en-us"
TIME_ZONE = "America/Los_Angeles"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = None
