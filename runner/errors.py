"""What can go wrong before the site runs; each message is one line for a person."""


class RunnerError(Exception):
    """Marquee cannot start or go on; the message says why and what to do."""


class ServiceError(RunnerError):
    """A private PostgreSQL or Redis did not start."""
