"""Two machines beside each other: a web process and a worker each, on artefacts of their own.

They share PostgreSQL, Redis and the storage that artefacts come from; what a machine serves from
lies in a directory that the other never sees.
"""

import json
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from runner.children import start_child, stop_children
from runner.places import ROOT
from tests.never_down.servers import wait_until
from tests.never_down.site import STOP_SECONDS, WEB, WORKER, Answer, LiveSite, NoRedirects, send

OWN_LIST = "/api/v1/me/recommendations/?limit=20"
TRAIN = [sys.executable, "manage.py", "train"]


class SecondMachine:
    """What runs beside a site: the same programs on another checkout of the artefacts."""

    def __init__(self, site: LiveSite) -> None:
        self.site = site
        self.place = site.place / "second"
        self.artefacts = self.place / "artefacts"
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.address = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.environment = site.environment | {
            "MARQUEE_VAR": str(self.place),
            "MARQUEE_ARTEFACTS": str(self.artefacts),
            "MARQUEE_ARTEFACT_STORAGE": str(site.place / "artefact-storage"),
        }
        self._children: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        self.place.mkdir(exist_ok=True)
        descriptor = self._listening.fileno()
        self._begin("web", [*WEB, "--bind", f"fd://{descriptor}"], pass_fds=(descriptor,))
        self._begin("worker", [*WORKER, "--hostname", "second@%h"])
        wait_until(lambda: self.ask("/readyz").status == 200)
        wait_until(lambda: "ready." in (self.place / "worker.log").read_text(encoding="utf-8"))

    def stop(self) -> None:
        stop_children(self._children, signal.SIGTERM, seconds=STOP_SECONDS)
        self._listening.close()

    def ask(self, path: str, method: str = "GET", *, by: str = "", body: Any = None) -> Answer:
        headers = {"Content-Type": "application/json"}
        if by:
            headers["Authorization"] = f"Bearer {self.site.known[by]['token']}"
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.address + path, content, headers=headers, method=method
        )
        answer = send(urllib.request.build_opener(NoRedirects), request)
        assert answer.status != 500, answer.text
        return answer

    def train(self) -> None:
        """Train and activate a version here."""
        subprocess.run(TRAIN, cwd=ROOT, env=self.environment, check=True, capture_output=True)

    def _begin(self, name: str, command: list[str], **options: Any) -> None:
        with (self.place / f"{name}.log").open("wb") as output:
            child = start_child(
                command, directory=ROOT, environment=self.environment, output=output, **options
            )
        self._children.append(child)


@pytest.fixture(scope="module")
def second(running_site: LiveSite) -> Iterator[SecondMachine]:
    machine = SecondMachine(running_site)
    with running_site.worker():
        try:
            machine.start()
            yield machine
        finally:
            machine.stop()


def own_list(answer: Answer) -> tuple[dict[str, Any], list[int]]:
    """Return an own list, and the movies in it."""
    assert answer.status == 200, answer.text
    return answer.said, [each["movie"]["id"] for each in answer.said["results"]]


def test_what_is_rated_on_one_machine_is_gone_from_the_list_of_the_other(site, second):
    machines = (site, second)
    for number, movie_id in enumerate(site.known["westerns"][:6]):
        here, there = machines[number % 2], machines[1 - number % 2]
        saved = here.ask(
            f"/api/v1/me/ratings/{movie_id}/", "PUT", by="newcomer", body={"rating": 4.5}
        )
        said, movies = own_list(there.ask(OWN_LIST, by="newcomer"))
        assert said["profile_revision"] >= saved.said["profile_revision"]
        assert movie_id not in movies


def test_both_refresh_the_same_people_and_agree_in_the_end(site, second):
    rated = site.known["musicals"][:10]
    jobs = [
        (machine, by, movie_id)
        for movie_id in rated
        for machine, by in ((site, "regular"), (second, "newcomer"), (second, "regular"))
    ]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda job: rate(*job), jobs))
    assert {answer.status for answer in answers} <= {200, 201}
    for by in ("regular", "newcomer"):
        (here, movies), (there, others) = (
            own_list(machine.ask(OWN_LIST, by=by)) for machine in (site, second)
        )
        assert here["profile_revision"] == there["profile_revision"]
        assert movies == others
        assert not set(rated) & set(movies)
        assert set(rated) <= set(site.stored_stars(by=by))


def rate(machine: LiveSite | SecondMachine, by: str, movie_id: int) -> Answer:
    return machine.ask(f"/api/v1/me/ratings/{movie_id}/", "PUT", by=by, body={"rating": 2.0})


def test_a_version_that_one_machine_trains_serves_on_both_from_files_of_their_own(site, second):
    before = own_list(site.ask(OWN_LIST, by="regular"))[0]["model_version"]
    second.train()
    for machine in (site, second):
        wait_until(lambda machine=machine: version_on(machine) > before)
    directories = [
        {path.name for path in place.iterdir() if (path / "manifest.json").exists()}
        for place in (site.artefacts, second.artefacts)
    ]
    newest = max(directories[0])
    assert newest in directories[1]
    files = [place / newest / "manifest.json" for place in (site.artefacts, second.artefacts)]
    assert files[0].read_bytes() == files[1].read_bytes()
    assert not files[0].samefile(files[1])


def version_on(machine: LiveSite | SecondMachine) -> int:
    said, _ = own_list(machine.ask(OWN_LIST, by="regular"))
    return int(said["model_version"])
