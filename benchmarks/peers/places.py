"""Where everything lies: var/peers, and what is written into it."""

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
VAR = ROOT / "var" / "peers"
TUNED = Path(__file__).with_name("tuned.json")
REPORT = ROOT / "docs" / "evaluation.md"


def result_path(data: str, world: str, seed: int, task: str, model: str) -> Path:
    """Return where the result of one model on one task lies."""
    return VAR / "results" / data / f"{world}-{seed}" / task / f"{model}.json"


def read_json(path: Path) -> Any:
    """Return what the file holds, or None where there is none."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def write_json(path: Path, content: Any, *, indent: int | None = None) -> None:
    """Write a file that is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.part")
    unfinished.write_text(json.dumps(content, indent=indent) + "\n", encoding="utf-8")
    unfinished.replace(path)
