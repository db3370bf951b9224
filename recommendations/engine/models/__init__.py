"""The models by name, and how a model becomes a recipe (plain JSON) and back."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from recommendations.engine.base import Recommender
from recommendations.engine.errors import HyperparameterError
from recommendations.engine.models.als import Als
from recommendations.engine.models.bias import Bias
from recommendations.engine.models.content import Content
from recommendations.engine.models.ease import Ease, EaseLayer
from recommendations.engine.models.hybrid import Hybrid
from recommendations.engine.models.item_knn import ItemKnn
from recommendations.engine.models.nmf import Nmf
from recommendations.engine.models.popularity import Popularity
from recommendations.engine.models.returns import Returns
from recommendations.engine.models.sequence import Sequence
from recommendations.engine.models.stars import Stars
from recommendations.engine.models.svd import Svd
from recommendations.engine.models.user_knn import UserKnn

MODELS: Mapping[str, type[Recommender]] = {
    model.name: model
    for model in (
        Popularity,
        Ease,
        Als,
        ItemKnn,
        UserKnn,
        Svd,
        Nmf,
        Sequence,
        Returns,
        Bias,
        Content,
        Stars,
        Hybrid,
    )
}
_BUILDABLE: Mapping[str, type[Recommender]] = {**MODELS, EaseLayer.name: EaseLayer}


def recipe_of(model: Recommender) -> dict[str, Any]:
    """Return the model's name and hyperparameters as JSON values; `build_model` reads them."""
    values = {field.name: _to_json(getattr(model, field.name)) for field in fields(model)}
    return {"model": model.name, "hyperparameters": values}


def build_model(recipe: Mapping[str, Any]) -> Recommender:
    """Return the unfitted model of a recipe, or raise `HyperparameterError` for a wrong one."""
    name = str(recipe.get("model"))
    if name not in _BUILDABLE:
        raise HyperparameterError(f"unknown model {name!r}, expected one of {', '.join(MODELS)}")
    beside = sorted(set(recipe) - {"model", "hyperparameters"})
    if beside:
        raise HyperparameterError(f"a recipe of {name} has no {beside[0]!r}")
    model = _BUILDABLE[name]
    known = {field.name for field in fields(model)}
    values = recipe.get("hyperparameters", {})
    unknown = sorted(set(values) - known)
    if unknown:
        raise HyperparameterError(f"{name} has no hyperparameter {unknown[0]!r}")
    return model(**{key: from_json(value) for key, value in values.items()})


def _to_json(value: Any) -> Any:
    if isinstance(value, Recommender):
        return recipe_of(value)
    if isinstance(value, Mapping):
        return {key: _to_json(entry) for key, entry in value.items()}
    if isinstance(value, tuple):
        return [_to_json(entry) for entry in value]
    return value


def from_json(value: Any) -> Any:
    """Return a hyperparameter from its JSON: tuples for lists, models for recipes."""
    if isinstance(value, Mapping):
        if "model" in value:
            return build_model(value)
        return {key: from_json(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return tuple(from_json(entry) for entry in value)
    return value
