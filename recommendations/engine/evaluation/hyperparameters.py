"""Read and change hyperparameters of a model by name, components and mappings included."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from recommendations.engine.base import Recommender
from recommendations.engine.errors import HyperparameterError


def adjust(target: Any, values: Mapping[str, Any]) -> Any:
    """Return a copy with these hyperparameters; dots reach into components and mappings.

    Raises `HyperparameterError` for a name that is not there and a value of another kind.
    """
    for path, value in values.items():
        head, _, rest = path.partition(".")
        is_mapping = isinstance(target, Mapping)
        if head not in (target if is_mapping else _names(target)):
            raise HyperparameterError(f"there is no hyperparameter {path!r}")
        inner = target[head] if is_mapping else getattr(target, head)
        new = adjust(inner, {rest: value}) if rest else value
        _check_kind(path, inner, new)
        target = {**target, head: new} if is_mapping else replace(target, **{head: new})
    return target


def values_of(target: Any, names: Iterable[str]) -> dict[str, Any]:
    """Return the hyperparameters of these names; raise `HyperparameterError` for one not there."""
    return {name: _reach(target, name) for name in names}


def _reach(target: Any, path: str) -> Any:
    for head in path.split("."):
        is_mapping = isinstance(target, Mapping)
        if head not in (target if is_mapping else _names(target)):
            raise HyperparameterError(f"there is no hyperparameter {path!r}")
        target = target[head] if is_mapping else getattr(target, head)
    return target


def _names(target: Any) -> set[str]:
    return {field.name for field in fields(target)} if is_dataclass(target) else set()


def _check_kind(path: str, old: Any, new: Any) -> None:
    kinds = (Recommender, Mapping, tuple, str, (int, float))
    kind = next((kind for kind in kinds if isinstance(old, kind)), object)
    if not isinstance(new, kind):
        raise HyperparameterError(f"{path!r} cannot be {new!r}: it is {old!r} by default")
