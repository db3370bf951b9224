"""Run a command of manage.py that never comes to call one function, to be killed there."""

import os
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import NoReturn

import django
from django.core.management import execute_from_command_line


def hang(*_arguments: object, **_named: object) -> NoReturn:
    Path(os.environ["HANGS"]).touch()
    while True:
        time.sleep(3600)


if __name__ == "__main__":
    django.setup()
    module, _, function = os.environ["HANG_BEFORE"].rpartition(".")
    assert callable(getattr(import_module(module), function))
    setattr(import_module(module), function, hang)
    execute_from_command_line(["manage.py", *sys.argv[1:]])
