"""What `manage.py check --deploy` looks at before a training does, at night."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.files.storage import InvalidStorageError, storages
from django.utils.module_loading import import_string


def check_what_trains(
    *, app_configs: Sequence[AppConfig] | None, **_kwargs: Any
) -> list[CheckMessage]:
    """Report a trainer or a storage of artefacts that is named and not to be had."""
    del app_configs
    errors: list[CheckMessage] = []
    try:
        import_string(settings.TRAINER)
    except ImportError as error:
        errors.append(Error(f"MARQUEE_TRAINER: {error}", id="recommendations.E001"))
    try:
        storages["artefacts"]
    except (InvalidStorageError, TypeError) as error:
        message = f"MARQUEE_ARTEFACT_STORAGE_BACKEND and its options: {error}"
        errors.append(Error(message, id="recommendations.E002"))
    return errors
