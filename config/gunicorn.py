"""How gunicorn serves the site, under `make run` and in the container alike.

Threads with one kept database connection each measured best on two cores: 2,100 requests a
second for one Redis get and one row, against 450 with a connection per request.
"""

from gunicorn.glogging import Logger
from gunicorn.http import message

from config.blas import use_one_blas_thread
from config.environment import PRODUCTION, env, log_level
from config.logs import logging_settings
from config.metrics_files import open_directory, reserve_files
from runner.children import die_with_parent

bind = env.str("WEB_BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = env.int("WEB_WORKERS", 2)
threads = env.int("WEB_THREADS", 4)
timeout = 60
# A search of 10,000 letters gets our own answer: six bytes a letter when they are not Latin.
# gunicorn takes no more than its constant, whatever the setting says.
limit_request_line = message.MAX_REQUEST_LINE = 65_536
# By default whoever asks may say where the site lies, and every link follows.
forwarder_headers = ""
graceful_timeout = 3
keepalive = 5
control_socket_disable = True
logconfig_dict = logging_settings(
    is_production=env.str("MARQUEE_ENV", PRODUCTION) == PRODUCTION,
    level=log_level(),
)


class LoggerWithoutAccess(Logger):
    """Leave the log of requests to `config.middleware`: gunicorn's has secrets and addresses.

    A dictionary of settings would switch it on.
    """

    access_log_enabled = False


logger_class = LoggerWithoutAccess
# Held for as long as the server runs.
_metrics_directory = open_directory()


def post_fork(_server: object, _worker: object) -> None:
    """Let no worker outlive its arbiter, not even a killed one; use one core each."""
    die_with_parent()
    use_one_blas_thread()
    reserve_files()
