"""What the running site says about itself."""

import json
from dataclasses import dataclass
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

PATIENCE_SECONDS = 5.0


@dataclass(frozen=True, kw_only=True)
class Readiness:
    """The answer of `/readyz`."""

    is_ready: bool
    lacks_model: bool

    @property
    def awaits_model(self) -> bool:
        """Tell whether a site that has had a model serves without one."""
        return self.is_ready and self.lacks_model


def ask_readiness(address: str) -> Readiness | None:
    """Return what the site answers; None while it does not."""
    try:
        with urlopen(f"{address}/readyz", timeout=PATIENCE_SECONDS) as answer:  # noqa: S310
            return _read(answer.read(), is_ready=True)
    except HTTPError as error:
        return _read(error.read(), is_ready=False)
    except (URLError, OSError):
        return None


def _read(body: bytes, *, is_ready: bool) -> Readiness | None:
    try:
        states = json.loads(body)
    except ValueError:
        return None
    return Readiness(is_ready=is_ready, lacks_model=states.get("model") == "missing")
