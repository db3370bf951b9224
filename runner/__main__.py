"""`python -m runner`: what `make run` calls."""

import os
import signal
import sys

from runner.children import die_with_parent
from runner.console import Console
from runner.errors import RunnerError
from runner.supervisor import Supervisor


def main() -> int:
    """Run the site; a failure is one line and exit code 1."""
    if "MAKELEVEL" in os.environ:
        die_with_parent(signal.SIGTERM)  # a killed `make` would leave the site behind
    console = Console()
    try:
        Supervisor(console).run()
    except RunnerError as error:
        console.complain(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
