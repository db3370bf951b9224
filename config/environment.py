"""The one reader of the environment. `.env.example` lists every name read through it."""

from typing import Any

from environs import Env, validate
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

env = Env()
PRODUCTION = "production"
ENVIRONMENTS = (PRODUCTION, "development", "test")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class EnvironmentVariableError(ValueError):
    """A variable of the environment is missing or cannot be used; the message names it."""


def log_level() -> str:
    """Return the least serious kind of line that is logged."""
    return env.str("LOG_LEVEL", "INFO", validate=validate.OneOf(LOG_LEVELS))


def database_settings(url: str) -> dict[str, Any]:
    """Return Django's settings for a PostgreSQL URL as libpq reads it (sockets included)."""
    try:
        parts = conninfo_to_dict(url)
    except ProgrammingError as error:
        raise EnvironmentVariableError(f"DATABASE_URL is not a PostgreSQL URL: {error}") from error
    if not url.startswith(("postgres://", "postgresql://")):
        raise EnvironmentVariableError("DATABASE_URL must start with postgresql://")
    named = {
        "NAME": parts.pop("dbname", ""),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
    }
    return {"ENGINE": "config.database", **named, "OPTIONS": parts}


def broker_url(redis_url: str) -> str:
    """Return the URL of Redis as Celery writes it, which has its own way of naming a socket."""
    if not redis_url.startswith("unix:"):
        return redis_url
    path, _, options = redis_url.removeprefix("unix:").partition("?")
    return f"redis+socket:{path}?{options.replace('db=', 'virtual_host=')}"
