"""Virtual environments of benchmarks, beside the site's own, from pinned requirements."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path


def python_in(directory: Path, requirements: Path) -> Path:
    """Return the interpreter of an environment, which is made and filled where it is not there."""
    stamp = directory / f"installed-{hashlib.sha256(requirements.read_bytes()).hexdigest()[:12]}"
    python = directory / "bin" / "python"
    if not stamp.exists():
        sys.stderr.write(f"Installing {requirements.name} into {directory}\n")
        shutil.rmtree(directory, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", directory], check=True)
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, "-r", requirements], check=True)
        stamp.touch()
    return python
