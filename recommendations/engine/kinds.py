"""Tell whether a hyperparameter, out of JSON mostly, is what its model declares."""

from collections.abc import Mapping
from math import isfinite
from typing import Any, get_args, get_origin


def is_finite(value: Any) -> bool:
    """Tell whether no number in a hyperparameter, however nested, is NaN or infinite."""
    if isinstance(value, Mapping):
        return all(is_finite(each) for each in value.values())
    if isinstance(value, tuple):
        return all(is_finite(each) for each in value)
    return not isinstance(value, float) or isfinite(value)


def fits_kind(value: Any, kind: Any) -> bool:
    """Tell whether a hyperparameter is of the kind declared; a whole number fits a float."""
    origin, inner = get_origin(kind) or kind, get_args(kind)
    if origin is tuple:
        return isinstance(value, tuple) and all(fits_kind(each, inner[0]) for each in value)
    if origin in {dict, Mapping}:
        return isinstance(value, Mapping) and all(
            fits_kind(each, inner[1]) for each in value.values()
        )
    if origin is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if origin in {int, str}:
        return type(value) is origin
    return not isinstance(kind, type) or isinstance(value, kind)
