"""Mail while developing: printed where the person who runs the site looks."""

import os
from typing import Any

from django.core.mail.backends.console import EmailBackend

CONSOLE_VARIABLE = "MARQUEE_CONSOLE"


class ConsoleBackend(EmailBackend):
    """Print mails on the console of `make run`, whose servers write into logs otherwise."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take the console that the runner names by its file descriptor, else standard output."""
        descriptor = os.environ.get(CONSOLE_VARIABLE)
        if descriptor is not None:
            kwargs["stream"] = os.fdopen(os.dup(int(descriptor)), "w", encoding="utf-8")
        super().__init__(*args, **kwargs)
