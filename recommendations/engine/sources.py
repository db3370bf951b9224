"""The engine's own source code, by its checksum."""

import hashlib
from pathlib import Path

ENGINE = Path(__file__).parent


def checksum() -> str:
    """Return the SHA-256 of all modules and their places: of one checksum, all do the same."""
    digest = hashlib.sha256()
    for path in sorted(ENGINE.rglob("*.py")):
        digest.update(path.relative_to(ENGINE).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
