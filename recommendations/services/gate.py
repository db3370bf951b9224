"""What is decided of a candidate: a recipe that is worse with 95 % confidence does not serve."""

from collections.abc import Mapping
from typing import Any

from recommendations.engine import sources
from recommendations.models import ModelVersion
from recommendations.services.trainer import Evaluation

SAME, FIRST, UNDECIDED = "same recipe", "first version", "not decided"
BETTER, NOT_WORSE, WORSE, REFIT = "better", "not worse", "worse", "refitted"
OTHER_CODE = "The engine's code has changed since; old code cannot be run beside it."


def rival_recipe(active: ModelVersion | None, *, candidate: Mapping[str, Any]) -> Any:
    """Return the recipe that a candidate has to be compared with; None where there is none."""
    if active is None or is_same_recipe(active.recipe, candidate):
        return None
    return active.recipe


def is_same_recipe(first: Mapping[str, Any], second: Mapping[str, Any]) -> bool:
    """Tell whether two recipes fit the same model with the same parameters and weights."""
    return all(first.get(name) == second.get(name) for name in ("model", "hyperparameters"))


def decide(
    evaluation: Evaluation, *, active: ModelVersion | None, candidate: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the gate's decision with all it rests on, fit for `ModelVersion.gate`."""
    code = code_revision()
    note = evaluation.note
    if active is None:
        decision = FIRST
    elif is_same_recipe(active.recipe, candidate):
        decision = SAME
        fitted = active.base or active  # an increment has no gate of its own
        note = note if fitted.gate.get("code") in (code, None) else OTHER_CODE
    else:
        decision = _judge_difference(evaluation.difference)
    return {
        "decision": decision,
        "against": active and active.number,
        "difference": evaluation.difference,
        "note": note,
        "code": code,
        **evaluation.setting,
    }


def _judge_difference(difference: Mapping[str, float] | None) -> str:
    if difference is None:
        return UNDECIDED
    if difference["high"] < 0:
        return WORSE
    return BETTER if difference["low"] > 0 else NOT_WORSE


def sentence_of(gate: Mapping[str, Any]) -> str:
    """Return the decision as a sentence for people."""
    if not gate:
        return ""
    sentence = str(gate["decision"]).capitalize()
    if gate.get("against"):
        sentence += f", beside version {gate['against']}"
    if difference := gate.get("difference"):
        low, high = difference["low"], difference["high"]
        sentence += f": {gate['metric']} {difference['value']:+.4f} ({low:+.4f} to {high:+.4f})"
        sentence += f" over {gate['people']:,} people"
    return f"{sentence}. {gate.get('note', '')}".strip()


def code_revision() -> str:
    """Return a checksum of the engine's source: two fits with the same one do the same."""
    return sources.checksum()[:12]
