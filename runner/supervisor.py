"""`make run`: everything the site needs, until Ctrl-C."""

import json
import os
import shutil
import signal
import time
from pathlib import Path
from types import FrameType
from typing import NoReturn

from runner import static_files
from runner.address import HOST, chosen_port, take_port
from runner.children import stop_children
from runner.console import Console
from runner.development import PRODUCTION, prepare_environment
from runner.errors import RunnerError
from runner.locks import FileLock
from runner.places import make_directory, var_directory
from runner.programs import Program, background, web
from runner.readiness import Readiness, ask_readiness
from runner.steps import Step, run_steps

LEAST_FREE_BYTES = 200_000_000
STOP_SECONDS = 3.0
LOOK_SECONDS = 0.25
READY_SECONDS = 90.0
ARRIVAL_SECONDS = 60.0

MIGRATE = Step(title="Preparing the database", arguments=("migrate", "--no-input"))
COLLECT = Step(title="Collecting the static files", arguments=("collectstatic", "--no-input"))
LOAD = Step(title="Loading the catalogue", arguments=("load_catalogue",))
ACCOUNTS = Step(title="Making the demo accounts", arguments=("create_demo_accounts",))
TRAIN = Step(title="Training", arguments=("train",))


class Supervisor:
    """Prepares, starts, watches and stops the site of one checkout."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._var = make_directory(var_directory())
        self._logs = make_directory(self._var / "log")
        self._static = self._var / "static"
        self._credentials = self._var / "demo-accounts.json"
        self._programs: list[Program] = []

    def run(self) -> None:
        """Serve the site until a signal comes; whatever happens, stop what was started."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _interrupt)
        with FileLock(self._var / "run.lock") as lock:
            if not lock.try_exclusive():
                raise RunnerError("Marquee runs from this checkout already. Stop it first.")
            try:
                self._serve()
            except KeyboardInterrupt:
                self._console.working("Stopping")
            finally:
                self._stop()

    def _serve(self) -> None:
        self._check_space()
        port = chosen_port()
        with take_port(port) as listening:
            address = f"http://{HOST}:{port}"
            os.environ.setdefault("SITE_URL", address)
            self._prepare()
            self._start(web(listening.fileno(), logs=self._logs))
            data = self._fill()
            self._train_if_needed(address)
            for program in background(logs=self._logs):
                self._start(program)
            self._wait_until_ready(address)
            self._console.say(self._welcome(address, data))
            self._watch()

    def _check_space(self) -> None:
        free = shutil.disk_usage(self._var).free
        if free < LEAST_FREE_BYTES:
            raise RunnerError(
                f"The disk is full: {free // 1_000_000} MB are left for {self._var}, "
                f"and Marquee needs {LEAST_FREE_BYTES // 1_000_000} MB."
            )

    def _prepare(self) -> None:
        self._console.working("Starting PostgreSQL and Redis")
        prepare_environment(["run"])
        os.environ["MARQUEE_STATIC_ROOT"] = os.fspath(self._static)
        self._console.working("Preparing the database")
        static = [] if static_files.are_current(self._static) else [COLLECT]
        run_steps(MIGRATE, *static, logs=self._logs)
        static_files.mark_current(self._static)

    def _fill(self) -> str:
        """Load a catalogue unless there is one, make the demo accounts, and name the data."""
        self._console.working("Loading the catalogue")
        (written,) = run_steps(LOAD, logs=self._logs)
        if not self._is_production():
            run_steps(ACCOUNTS, logs=self._logs)  # not beside: the demo person rates what is there
        return written.strip().splitlines()[-1].rpartition(";")[0]

    def _train_if_needed(self, address: str) -> None:
        self._console.working("Starting the web server")
        deadline = time.monotonic() + READY_SECONDS
        while (readiness := ask_readiness(address)) is None:
            self._check(deadline)
        if readiness.awaits_model:
            readiness = self._wait_for_model(address, readiness)
        if readiness.lacks_model:
            self._console.working("Training the recommender")
            run_steps(TRAIN, logs=self._logs)

    def _wait_for_model(self, address: str, readiness: Readiness) -> Readiness:
        """Wait for a model that has served before: it may be on its way from the storage."""
        self._console.working("Fetching the recommender")
        deadline = time.monotonic() + ARRIVAL_SECONDS
        while readiness.awaits_model and time.monotonic() < deadline:
            time.sleep(LOOK_SECONDS)
            readiness = ask_readiness(address) or readiness
        return readiness

    def _wait_until_ready(self, address: str) -> None:
        self._console.working("Waiting for the site")
        deadline = time.monotonic() + READY_SECONDS
        while not ((readiness := ask_readiness(address)) and readiness.is_ready):
            self._check(deadline)

    def _check(self, deadline: float) -> None:
        for program in self._programs:
            program.check()
        if time.monotonic() > deadline:
            raise RunnerError(f"The site was not ready in time. The logs are in {self._logs}.")
        time.sleep(LOOK_SECONDS)

    def _welcome(self, address: str, data: str) -> str:
        line = f"Marquee is ready at {address} · {data}"
        if not self._is_production():
            kept = json.loads(self._credentials.read_text(encoding="utf-8")).values()
            people = " or ".join(f"{each['email']} / {each['password']}" for each in kept)
            line += f" · sign in as {people} (kept in {self._shown(self._credentials)})"
        return f"{line} · Ctrl-C stops it"

    @staticmethod
    def _is_production() -> bool:
        return os.environ["MARQUEE_ENV"] == PRODUCTION

    @staticmethod
    def _shown(path: Path) -> str:
        here = Path.cwd()
        return os.fspath(path.relative_to(here) if path.is_relative_to(here) else path)

    def _watch(self) -> NoReturn:
        """Let nothing that ends take the rest along: the site was whole once."""
        while True:
            for program in self._programs:
                program.revive()
            time.sleep(LOOK_SECONDS)

    def _start(self, program: Program) -> None:
        self._programs.append(program)
        program.start()

    def _stop(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        children = [program.child for program in self._programs if program.child]
        stop_children(children, signal.SIGTERM, seconds=STOP_SECONDS)


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
