"""Functions that are loaded when they are needed: at every start all that an app has would be."""

from collections.abc import Callable
from typing import Any

from django.utils.module_loading import import_string


def later(path: str) -> Callable[..., Any]:
    """Return a function that imports the one at a dotted path when it is called, and calls it."""

    def call(*args: Any, **named: Any) -> Any:
        return import_string(path)(*args, **named)

    return call
