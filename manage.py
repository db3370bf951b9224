#!/usr/bin/env python
"""Run one of Marquee's commands, with private servers where none are named."""

import sys

from django.core.management import execute_from_command_line

from config.errors import DATABASE_GONE, first_line, is_away
from runner.development import prepare_environment
from runner.errors import RunnerError

if __name__ == "__main__":
    try:
        prepare_environment(sys.argv[1:])
    except RunnerError as error:
        sys.exit(str(error))
    try:
        execute_from_command_line(sys.argv)
    except DATABASE_GONE as error:
        if not is_away(error):
            raise
        sys.exit(f"PostgreSQL is away; run this again when it is back. {first_line(error)}")
