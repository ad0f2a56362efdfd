"""Django settings. Everything that differs between homes comes from the environment (see `project.setup`)."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from cleanclaim.project.database_url import parse_database_url

KIND = os.environ.get(
    "CLEANCLAIM_KIND", "test"
)  # demo, test or production: fixed when the home was made
HOME = os.environ.get("CLEANCLAIM_HOME", "")
SECRET_KEY = os.environ.get("CLEANCLAIM_SECRET_KEY", "only-for-commands-that-serve-nothing")
APP_ROLE = os.environ.get("CLEANCLAIM_APP_ROLE", "cleanclaim_app")
WORKER_ROLE = os.environ.get("CLEANCLAIM_WORKER_ROLE", "cleanclaim_worker")
DEBUG = False
PROJECT = Path(__file__).parent
BIND = os.environ.get("CLEANCLAIM_BIND", "127.0.0.1")  # the address that the web server listens on
HTTPS = os.environ.get("CLEANCLAIM_HTTPS", "") == "1"  # a proxy in front of us speaks TLS

HOSTS = os.environ.get("CLEANCLAIM_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
ALLOWED_HOSTS = [*HOSTS, "testserver"] if KIND == "test" else HOSTS
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in HOSTS] if HTTPS else []

DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        **parse_database_url(os.environ.get("CLEANCLAIM_DATABASE", "postgresql:///cleanclaim")),
        # The server parses and plans a statement once per connection, not each time.
        "OPTIONS": {"server_side_binding": True, "prepare_threshold": 3}
        | ({"pool": {"min_size": 1, "max_size": 8}} if os.environ.get("CLEANCLAIM_POOL") else {}),
        "CONN_MAX_AGE": 0,
        # A pooled connection may have ended with the database that it led to: whoever takes it is given another.
        "CONN_HEALTH_CHECKS": bool(os.environ.get("CLEANCLAIM_POOL")),
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
    "cleanclaim.apps.shared.api",
]
BILLING_APPS = [
    "cleanclaim.apps.billing.patients",
    "cleanclaim.apps.billing.coverage",
    "cleanclaim.apps.billing.contracts",
    "cleanclaim.apps.billing.charges",
    "cleanclaim.apps.billing.claims",
    "cleanclaim.apps.billing.receipts",
    "cleanclaim.apps.billing.remittances",
    "cleanclaim.apps.billing.deposits",
    "cleanclaim.apps.billing.keying",
    "cleanclaim.apps.billing.adjustments",
    "cleanclaim.apps.billing.opening",
    "cleanclaim.apps.billing.variances",
    "cleanclaim.apps.billing.accounts",
]
REPORT_APPS = [
    "cleanclaim.apps.reports.aging",
    "cleanclaim.apps.reports.closing",
    "cleanclaim.apps.reports.kpis",
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
    *SHARED_APPS,
    *BILLING_APPS,
    *PAYER_APPS,
    *REPORT_APPS,
]

# --- pages ------------------------------------------------------------------------------------
MIDDLEWARE = [
    "cleanclaim.project.timing.TimingMiddleware",
    "cleanclaim.project.middleware.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "cleanclaim.project.middleware.SessionClockMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "cleanclaim.project.middleware.SignInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "cleanclaim.project.middleware.AccessMiddleware",
    "cleanclaim.project.middleware.ErrorMiddleware",
    "axes.middleware.AxesMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PROJECT / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cleanclaim.project.frame.frame",
            ],
            "builtins": ["cleanclaim.apps.shared.pages.templatetags.parts"],
        },
    }
]
STATIC_URL = "/static/"
STATICFILES_DIRS = [PROJECT / "static"]
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True  # no collecting step: files are served from where they live
WHITENOISE_MAX_AGE = 24 * 3600  # addresses carry a digest of the content (see the tag `asset`)
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

# --- people -----------------------------------------------------------------------------------
AUTH_USER_MODEL = "users.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "cleanclaim.apps.shared.users.sessions.UserBackend",
]
PASSWORD_HASHERS = ["cleanclaim.apps.shared.users.hashers.SmallArgon2"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "landing"
ACCOUNT_ADAPTER = "cleanclaim.apps.shared.users.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts are made by a lead, never by their owner
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300  # seconds a fresh sign-in counts for keys and codes
ACCOUNT_RATE_LIMITS = {
    # Wrong passwords and wrong second-factor codes of one account, counted by each web process;
    # axes counts wrong passwords in the database and locks the account at the tenth.
    "login": "60/m/ip",
    "login_failed": "5/5m/key",
    "reauthenticate": "10/m/user",
}
MFA_ADAPTER = "cleanclaim.apps.shared.users.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "cleanclaim"
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS  # http://localhost only
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=30)
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_PARAMETERS = ["username"]  # a passkey still opens a locked account
# An office shares one address: a stranger's wrong passwords must not lock all of it out.
SILENCED_SYSTEM_CHECKS = ["axes.W006"]
AXES_USERNAME_CALLABLE = "cleanclaim.apps.shared.users.lockout.account_name"
AXES_USERNAME_FORM_FIELD = "login"
AXES_LOCKOUT_TEMPLATE = "account/locked.html"
AXES_HTTP_RESPONSE_CODE = 429
AXES_VERBOSE = False

# --- sessions, cookies, headers -----------------------------------------------------------------
SESSION_ENGINE = "cleanclaim.apps.shared.users.sessions"
SESSION_IDLE_SECONDS = 15 * 60
SESSION_LONGEST_SECONDS = 12 * 3600
SESSION_COOKIE_AGE = SESSION_IDLE_SECONDS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "cleanclaim.project.pages.csrf_failure"
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

ROOT_URLCONF = "cleanclaim.project.urls"
WSGI_APPLICATION = "cleanclaim.project.wsgi.application"

LANGUAGE_CODE = "en-us"
TIME_ZONE = "America/Los_Angeles"
USE_TZ = True
USE_I18N = False  # pages are in English; letters carry both languages themselves
FORMAT_MODULE_PATH = None
