"""Logs: a JSON object a line in production, plain lines in development; nothing about people.

Ids of users and movies may stand in a log. Addresses, what somebody searched for and where they
came from may not: paths give way to their patterns, and what slips into a message is struck out.
"""

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest

from config.errors import first_line, is_away, is_redis_away
from config.request_ids import present_request_id, remembered_request_id
from config.routes import route_of

# What `extra` may add to a line.
FIELDS = (
    "method",
    "route",
    "view",
    "status",
    "milliseconds",
    "user_id",
    "task",
    "task_id",
    "state",
)
MAIL_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# PostgreSQL says there which values it refused, and where: whole rows, over several lines.
DETAILS = re.compile(
    r"(DETAIL|CONTEXT):.*?(?=\n\nThe above exception|\n\nDuring handling|\Z)", re.DOTALL
)
# gunicorn says who sent what is no request, and all that came.
NO_REQUEST = re.compile(r"(Invalid request) from ip=\S*: ([^:'\"]*).*", re.DOTALL)


class Formatter(logging.Formatter):
    """What both forms have in common."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        record.message = discreet(message_of(record))
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's name
        if isinstance(ei[1], SuspiciousOperation):  # some stranger tried; the message says what
            return type(ei[1]).__name__
        if is_away(ei[1]) or is_redis_away(ei[1]):  # for every request and task of an outage
            return discreet(f"{type(ei[1]).__name__}: {first_line(ei[1])}")
        return discreet(super().formatException(ei))


class PlainFormatter(Formatter):
    """A line for somebody who develops; the request it belongs to at its end."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        line = super().formatMessage(record)
        request_id = request_id_of(record)
        return f"{line} [{request_id}]" if request_id else line


class JSONFormatter(Formatter):
    """A line for programs: one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": discreet(message_of(record)),
            "request_id": request_id_of(record),
        }
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def request_id_of(record: logging.LogRecord) -> str:
    """Return the id of the request that a line is about; Django writes some after it is over."""
    request = getattr(record, "request", None)
    carried = remembered_request_id(request) if isinstance(request, HttpRequest) else ""
    return carried or present_request_id()


def message_of(record: logging.LogRecord) -> str:
    """Return the message, with the path of a request replaced by its pattern."""
    request = getattr(record, "request", None)
    if not isinstance(request, HttpRequest) or not isinstance(record.args, tuple):
        return record.getMessage()
    shown = tuple(route_of(request) if part == request.path else part for part in record.args)
    return str(record.msg) % shown if shown else str(record.msg)


def discreet(text: str) -> str:
    """Strike out what names somebody."""
    told = NO_REQUEST.sub(r"\1: \2", DETAILS.sub(r"\1: …", text))
    return MAIL_ADDRESS.sub("(an address)", told)


def logging_settings(*, is_production: bool, level: str) -> dict[str, Any]:
    """Return how Django, Celery and gunicorn alike set up logging."""
    plain = {"()": PlainFormatter, "format": "{asctime} {levelname} {name} {message}", "style": "{"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": JSONFormatter} if is_production else plain},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            # The log of requests says the same, and once.
            "django.request": {"level": "ERROR"},
            "django.server": {"handlers": [], "level": "INFO", "propagate": True},
            "gunicorn.error": {"handlers": [], "level": "INFO", "propagate": True},
        },
    }
