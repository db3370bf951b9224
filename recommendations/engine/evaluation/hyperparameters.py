"""Change hyperparameters of a model by name, components and mappings included."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from recommendations.engine.errors import HyperparameterError


def adjust(target: Any, values: Mapping[str, Any]) -> Any:
    """Return a copy with these hyperparameters; dots reach into components and mappings.

    Raises `HyperparameterError` for a name that is not there.
    """
    for path, value in values.items():
        head, _, rest = path.partition(".")
        is_mapping = isinstance(target, Mapping)
        if not (head in target if is_mapping else hasattr(target, head)):
            raise HyperparameterError(f"there is no hyperparameter {path!r}")
        inner = target[head] if is_mapping else getattr(target, head)
        new = adjust(inner, {rest: value}) if rest else value
        target = {**target, head: new} if is_mapping else replace(target, **{head: new})
    return target


def plain_tuple(value: Any) -> Any:
    """Return a JSON value with tuples for lists, as hyperparameters have them."""
    return tuple(plain_tuple(entry) for entry in value) if isinstance(value, list) else value
