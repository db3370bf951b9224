"""An increment: a hybrid brought up to date with what some people did since it was fitted.

| component | after an increment |
| --- | --- |
| popularity, favourites, returns | as fitted anew |
| ease, sequence | as fitted anew, with the ridges and the weight normaliser of the fit |
| als | vectors of touched items, given everybody's; noise and groups of the fit |
| stars | vectors of touched items; mean, priors, noise and neighbours of the fit |
| content | what the fit learned; new items by their content |
| emphasis, usual scores, closest items | as fitted anew |
"""

from copy import copy
from dataclasses import dataclass, replace
from functools import partial
from typing import cast

import numpy as np

from recommendations.engine.arrays import IndexArray
from recommendations.engine.base import Recommender, training_counts
from recommendations.engine.errors import EngineError
from recommendations.engine.increments.factors import update_als
from recommendations.engine.increments.linear import update_layer
from recommendations.engine.increments.newcomers import with_new_items
from recommendations.engine.increments.people import World
from recommendations.engine.increments.stars import update_stars
from recommendations.engine.increments.state import TrainerState
from recommendations.engine.increments.successions import update_sequence
from recommendations.engine.interactions import Interactions
from recommendations.engine.items import ItemContent
from recommendations.engine.models.als import Als
from recommendations.engine.models.ease import EaseLayer
from recommendations.engine.models.hybrid import Hybrid
from recommendations.engine.models.popularity import Popularity
from recommendations.engine.models.returns import Returns
from recommendations.engine.models.sequence import Sequence
from recommendations.engine.models.stack import Stack
from recommendations.engine.models.stars import Stars
from recommendations.engine.threads import side_by_side

# Up to here matrices over items take 150 MB each, so that components are updated side by side.
FEW_ITEMS = 6_000


class StateMismatchError(EngineError):
    """Say that a state belongs to another model, or that a model cannot grow as asked."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Changes:
    """What came since the fit.

    `people` holds everything that those did who changed, over the items of the model and, behind
    them, the new ones; `changed` their outer ids, of those too who have nothing any more.
    `new_content` describes the new items.
    """

    people: Interactions
    changed: IndexArray
    new_content: ItemContent


def update_hybrid(model: Hybrid, state: TrainerState, changes: Changes) -> Hybrid:
    """Return the hybrid after the changes; `model` and `state` are those of one fit, and stay.

    Raises `StateMismatchError` where items of the model are not the first of the changes', and
    `ArtefactError` for a state that is damaged or was left by another kind of model.
    """
    known, wanted = model.known_items.ids, changes.people.items.ids
    if not np.array_equal(known, wanted[: len(known)]):
        raise StateMismatchError("the changes are about other items than the model's")
    before = state.interactions()
    if not np.array_equal(before.items.ids, known):
        raise StateMismatchError("the state is about other items than the model's")
    grown = with_new_items(model, item_ids=wanted[len(known) :], content=changes.new_content)
    world = World.of(before, changes.people, changed=np.unique(changes.changed))
    updated = cast("Hybrid", _update(grown, state, world))
    updated.finish(world.after)
    return updated


def _update(model: Recommender, state: TrainerState, world: World) -> Recommender:
    updated = _update_one(model, state, world)
    updated.training_ = training_counts(world.after)
    return updated


def _update_one(model: Recommender, state: TrainerState, world: World) -> Recommender:
    match model:
        case Popularity() | Returns():
            updated: Recommender = replace(model).fit(world.after)
        case EaseLayer():
            updated = update_layer(model, state, world)
        case Sequence():
            updated = update_sequence(model, state, world)
        case Als():
            updated = update_als(model, state, world)
        case Stars():
            updated = update_stars(model, state, world)
        case Stack():
            updated = _update_stack(model, state, world)
        case _:
            updated = copy(model)
    return updated


def _update_stack(model: Stack, state: TrainerState, world: World) -> Stack:
    updated = copy(model)
    updated.__post_init__()
    works = [
        partial(_update, component, state.part(name), world)
        for name, component in model.components_.items()
    ]
    if isinstance(model, Hybrid) and world.after.n_items <= FEW_ITEMS:
        components = side_by_side(works)
    else:
        components = [work() for work in works]
    updated.components_ = dict(zip(model.components_, components, strict=True))
    return updated
