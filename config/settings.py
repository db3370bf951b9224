"""Settings of every environment; what differs comes from variables (see `.env.example`)."""

from pathlib import Path

from celery.schedules import crontab
from environs import validate
from whitenoise.compress import Compressor

from config.admin_look import UNFOLD  # noqa: F401 - a setting
from config.environment import (
    ENVIRONMENTS,
    PRODUCTION,
    broker_url,
    database_settings,
    env,
    log_level,
)
from config.logs import logging_settings
from config.queues import TRAINING_QUEUE

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = env.path("MARQUEE_VAR", BASE_DIR / "var")
AT_LEAST_ONE = validate.Range(min=1)

ENVIRONMENT = env.str("MARQUEE_ENV", PRODUCTION, validate=validate.OneOf(ENVIRONMENTS))
IS_PRODUCTION = ENVIRONMENT == PRODUCTION
DEBUG = False
SECRET_KEY = env.str("SECRET_KEY")
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
SITE_URL = env.str("SITE_URL") if IS_PRODUCTION else env.str("SITE_URL", "http://127.0.0.1:8000")
ALLOWED_HOSTS = (
    env.list("ALLOWED_HOSTS")
    if IS_PRODUCTION
    else env.list("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]", "testserver"])
)

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin.apps.SimpleAdminConfig",  # config/urls.py registers what it shows
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "accounts",
    "movies",
    "recommendations",
]

MIDDLEWARE = [
    "config.middleware.ObservingMiddleware",
    "config.middleware.ImpatientMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.PolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"

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
                "config.context.site",
            ],
        },
    }
]

# PostgreSQL: one connection a thread, kept. How long anybody waits for it: config/database.
DATABASES = {"default": database_settings(env.str("DATABASE_URL"))}
DATABASES["default"]["CONN_MAX_AGE"] = env.int("DATABASE_CONNECTION_SECONDS", 600)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# A network that swallows packets is noticed by the kernel; sockets of this machine have no such.
DATABASES["default"]["OPTIONS"].setdefault("tcp_user_timeout", 900)
DATABASE_STATEMENT_SECONDS = env.int("DATABASE_STATEMENT_SECONDS", 15, validate=AT_LEAST_ONE)
DATABASE_WORK_STATEMENT_SECONDS = env.int(
    "DATABASE_WORK_STATEMENT_SECONDS", 900, validate=AT_LEAST_ONE
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Redis: a convenience, so nobody waits long for it. Nothing in it is pickled.
REDIS_URL = env.str("REDIS_URL", validate=validate.Regexp(r"(redis|rediss|unix)://."))
REDIS_TIMEOUT_SECONDS = env.float("REDIS_TIMEOUT_SECONDS", 0.2)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "marquee",
        "OPTIONS": {
            "serializer": "config.redis.JSONSerializer",
            "socket_timeout": REDIS_TIMEOUT_SECONDS,
            "socket_connect_timeout": REDIS_TIMEOUT_SECONDS,
        },
    }
}
SESSION_ENGINE = "accounts.sessions"

# Celery: JSON only; a task that was not queued is found by the sweep.
CELERY_BROKER_URL = broker_url(REDIS_URL)
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_DEFAULT_QUEUE = "celery"
CELERY_TASK_ROUTES = {
    "recommendations.train_nightly": {"queue": TRAINING_QUEUE},
    "recommendations.increment": {"queue": TRAINING_QUEUE},
    "recommendations.warm": {"queue": TRAINING_QUEUE},  # after a training, and never beside one
    "recommendations.scrub_artefacts": {"queue": TRAINING_QUEUE},  # no rating waits for it
}
# Connections to PostgreSQL are kept as between requests (config/task_signals.py): Celery would
# close them before and after each task.
CELERY_DB_REUSE_MAX = 1_000_000_000
CELERY_TASK_TIME_LIMIT = 60
CELERY_TASK_SOFT_TIME_LIMIT = 50
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": REDIS_TIMEOUT_SECONDS,
    "socket_connect_timeout": REDIS_TIMEOUT_SECONDS,
    "max_retries": 0,
}
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
TRAINING_HOUR = env.int("TRAINING_HOUR", 3, validate=validate.Range(min=0, max=23))
INCREMENT_MINUTES = env.int("MARQUEE_INCREMENT_MINUTES", 5, validate=AT_LEAST_ONE)
CELERY_BEAT_SCHEDULE = {
    "train-nightly": {
        "task": "recommendations.train_nightly",
        "schedule": crontab(hour=TRAINING_HOUR, minute=30),
    },
    "increment": {
        "task": "recommendations.increment",
        "schedule": INCREMENT_MINUTES * 60.0,
        "options": {"expires": INCREMENT_MINUTES * 60.0},
    },
    # One that nobody took in time is followed by the next. What could not be queued is not tried
    # again before that: so long at the most do lists wait after Redis was away.
    "sweep": {"task": "recommendations.sweep", "schedule": 20.0, "options": {"expires": 20.0}},
    "tidy-versions": {
        "task": "recommendations.tidy_versions",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "scrub-artefacts": {
        "task": "recommendations.scrub_artefacts",
        "schedule": crontab(hour="*/6", minute=20),
    },
    "tidy-accounts": {"task": "accounts.tidy", "schedule": crontab(hour=2, minute=10)},
}

# People
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.AccountBackend"]
PASSWORD_HASHERS = [
    "accounts.hashers.Argon2Hasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "display_name", "handle"]},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {"login": "accounts.forms.LoginForm", "signup": "accounts.forms.SignupForm"}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if IS_PRODUCTION else "http"
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0, validate=validate.Range(min=0))

# Mail: printed to the console in development.
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend" if IS_PRODUCTION else "config.mail.ConsoleBackend"
)
DEFAULT_FROM_EMAIL = (
    env.str("DEFAULT_FROM_EMAIL")
    if IS_PRODUCTION
    else env.str("DEFAULT_FROM_EMAIL", "Marquee <marquee@localhost>")
)
EMAIL_HOST = env.str("EMAIL_HOST") if IS_PRODUCTION else env.str("EMAIL_HOST", "localhost")
EMAIL_PORT = env.int("EMAIL_PORT", 587)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", True)
EMAIL_TIMEOUT = 5
_admins: list[str] = env.list("ADMINS", [])
ADMINS = [(address, address) for address in _admins]
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_SUBJECT_PREFIX = "[Marquee] "

# Programs
REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_THROTTLE_CLASSES": ["config.throttles.RequestThrottle"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PAGINATION_CLASS": "config.pagination.StrictPagination",
    "DEFAULT_PARSER_CLASSES": ["config.parsers.SmallJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "config.api.answer_with_problem",
    "NON_FIELD_ERRORS_KEY": "body",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Marquee",
    "DESCRIPTION": (
        "Movies, your ratings and lists, and what Marquee recommends you and why.\n\n"
        "Make a token in your account's pages and send it as `Authorization: Bearer TOKEN`. "
        "The catalogue needs none. Lists take `limit` (at most 100) and `offset`. "
        "Errors are problems as in RFC 9457."
    ),
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "config.openapi.add_problems",
    ],
}

API_READS_PER_SECOND = env.int("API_READS_PER_SECOND", 50, validate=AT_LEAST_ONE)
API_WRITES_PER_SECOND = env.int("API_WRITES_PER_SECOND", 20, validate=AT_LEAST_ONE)
API_BURST = env.int("API_BURST", 100, validate=AT_LEAST_ONE)
API_ANONYMOUS_PER_SECOND = env.int("API_ANONYMOUS_PER_SECOND", 20, validate=AT_LEAST_ONE)
API_ANONYMOUS_BURST = env.int("API_ANONYMOUS_BURST", 20, validate=AT_LEAST_ONE)

# The first catalogue: a MovieLens set here, or a download of it; an empty address forbids that.
MARQUEE_DATA = Path(_place) if (_place := env.str("MARQUEE_DATA", "")) else None
MOVIELENS_URL = env.str("MOVIELENS_URL", "https://files.grouplens.org/datasets/movielens/")

# Models in service
ARTEFACTS_DIR = env.path("MARQUEE_ARTEFACTS", VAR_DIR / "artefacts")
ARTEFACT_STORAGE = env.str("MARQUEE_ARTEFACT_STORAGE", str(VAR_DIR / "artefact-storage"))
ARTEFACT_STORAGE_BACKEND = env.str("MARQUEE_ARTEFACT_STORAGE_BACKEND", "")
ARTEFACT_STORAGE_OPTIONS = env.json("MARQUEE_ARTEFACT_STORAGE_OPTIONS", {})
TRAINER_STATE_DIR = env.path("MARQUEE_TRAINER_STATE", VAR_DIR / "trainer")
KEEP_VERSIONS = env.int("MARQUEE_KEEP_VERSIONS", 5, validate=AT_LEAST_ONE)
KEEP_INCREMENTS = env.int("MARQUEE_KEEP_INCREMENTS", 3, validate=AT_LEAST_ONE)
TRAINER = env.str("MARQUEE_TRAINER", "recommendations.services.trainers.ForkedTrainer")
TRAINING_HOURS = env.int("MARQUEE_TRAINING_HOURS", 2, validate=AT_LEAST_ONE)
USE_METADATA_TEXTS_IN_MODELS = env.bool("MARQUEE_TEXTS_IN_MODELS", True)

# Static files: hashed, compressed, kept by browsers for ever.
STATIC_URL = "/static/"
STATIC_ROOT = env.path("MARQUEE_STATIC_ROOT", BASE_DIR / "staticfiles")
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if ENVIRONMENT != "test"
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
    "artefacts": {
        "BACKEND": ARTEFACT_STORAGE_BACKEND,
        "OPTIONS": ARTEFACT_STORAGE_OPTIONS,
    }
    if ARTEFACT_STORAGE_BACKEND
    else {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": ARTEFACT_STORAGE, "file_permissions_mode": 0o444},
    },
}
WHITENOISE_AUTOREFRESH = ENVIRONMENT == "test"
WHITENOISE_USE_FINDERS = ENVIRONMENT == "test"
# Pages only ask for hashed names, and nobody waits for a source map: a third of the work.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")

# Words and time
LANGUAGE_CODE = "en-gb"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"

# Security: strict by default, relaxed only where http on loopback needs it.
SECURE_SSL_REDIRECT = IS_PRODUCTION and env.bool("SECURE_SSL_REDIRECT", True)
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$", r"^metrics$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_PRODUCTION else None
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if IS_PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_PRODUCTION
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", [SITE_URL])
CSRF_FAILURE_VIEW = "config.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200

# Seen from outside by whoever operates it
LOGGING = logging_settings(is_production=IS_PRODUCTION, level=log_level())
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
