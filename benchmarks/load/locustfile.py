"""Ask for what LOAD_REQUESTS lists, over and over, as fast as it is answered."""

import itertools
import json
import os

from locust import FastHttpUser, constant, task

REQUESTS = json.loads(os.environ["LOAD_REQUESTS"])
_turns = itertools.count()


class Visitor(FastHttpUser):
    """Somebody who asks for the next thing as soon as the last is there."""

    wait_time = constant(0)

    @task
    def ask(self) -> None:
        request = REQUESTS[next(_turns) % len(REQUESTS)]
        self.client.request(
            request["method"],
            request["path"],
            headers=request["headers"],
            data=request["body"],
            name=request["name"],
        )
