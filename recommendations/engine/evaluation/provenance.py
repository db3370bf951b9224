"""What a report needs so that somebody else can get the same: command, data, versions."""

import os
import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from recommendations.engine.files import sha256_of
from recommendations.engine.interactions import Interactions

_LIBRARIES = ("numpy", "scipy", "scikit-learn", "pandas", "implicit", "threadpoolctl")


def describe_origin(
    command: str, paths: Sequence[Path], interactions: Interactions
) -> dict[str, Any]:
    """Return the command, counts and checksums of the data, versions and the machine."""
    return {
        "command": command,
        "data": {
            "ratings": interactions.n_ratings,
            "people": interactions.n_users,
            "movies": interactions.n_items,
            "events": len(interactions.events),
        },
        "files": {str(path): sha256_of(path) for path in paths},
        "versions": {"python": platform.python_version(), **_versions()},
        "machine": {
            "system": f"{platform.system()} {platform.machine()}",
            "cores": os.cpu_count(),
        },
    }


def _versions() -> dict[str, str]:
    found = {}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
