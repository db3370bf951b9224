#!/usr/bin/env python
"""Run one of Marquee's commands, with private servers where none are named."""

import sys

from django.core.management import execute_from_command_line

from runner.development import prepare_environment
from runner.errors import RunnerError

if __name__ == "__main__":
    try:
        prepare_environment(sys.argv[1:])
    except RunnerError as error:
        sys.exit(str(error))
    execute_from_command_line(sys.argv)
