"""What a checkout sets up by itself when it is not told: environment, key, servers."""

import os
import secrets
from collections.abc import Sequence

from runner.places import make_directory, var_directory, write_private
from runner.services import ensure_services

PRODUCTION = "production"
WITHOUT_SERVICES = frozenset({"check", "collectstatic", "help", "version", "--help", "--version"})
UNUSED_ADDRESSES = {"DATABASE_URL": "postgresql:///marquee", "REDIS_URL": "unix:///nowhere"}


def prepare_environment(arguments: Sequence[str]) -> None:
    """Give a `manage.py` command the settings and servers it needs and was not given.

    Production gets nothing: there a forgotten variable has to be an error.
    """
    environment = os.environ.setdefault("MARQUEE_ENV", "development")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if environment == PRODUCTION:
        return
    if not os.environ.get("SECRET_KEY"):
        os.environ["SECRET_KEY"] = secret_key()
    if arguments and arguments[0] not in WITHOUT_SERVICES:
        ensure_services()
    for name, address in UNUSED_ADDRESSES.items():
        os.environ.setdefault(name, address)


def secret_key() -> str:
    """Return the key of this checkout, made at first use and readable by its owner only."""
    path = make_directory(var_directory()) / "secret-key"
    if not path.exists():
        write_private(path, secrets.token_urlsafe(48))
    return path.read_text(encoding="utf-8")
