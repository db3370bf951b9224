"""The named ways to judge a model: a split, and what counts as a hit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from recommendations.engine.evaluation.splits import (
    Split,
    hold_people_out,
    leave_last_out,
    newcomers,
    split_at_random,
    split_by_time,
)
from recommendations.engine.interactions import Interactions

LIKED_STARS = 4.0
_HELD_OUT_PEOPLE = 600


@dataclass(frozen=True, kw_only=True)
class Protocol:
    """How to split (interactions, seed), how deep to judge lists, which stars are a hit.

    `judges_stars` is false where only liked items were held back: an error over those alone
    would flatter.
    """

    split: Callable[[Interactions, int], Split]
    depth: int
    least_stars: float
    judges_stars: bool = True


def _strong(interactions: Interactions, seed: int) -> Split:
    return hold_people_out(
        interactions, seed=seed, n_people=_HELD_OUT_PEOPLE, least_stars=LIKED_STARS
    )


def _strong_graded(interactions: Interactions, seed: int) -> Split:
    return hold_people_out(interactions, seed=seed, n_people=_HELD_OUT_PEOPLE)


def _newcomers(n_known: int) -> Protocol:
    def split(interactions: Interactions, seed: int) -> Split:
        return newcomers(interactions, seed=seed, n_people=_HELD_OUT_PEOPLE, n_known=n_known)

    return Protocol(split=split, depth=10, least_stars=LIKED_STARS)


PROTOCOLS: Mapping[str, Protocol] = {
    "time": Protocol(
        split=lambda interactions, _: split_by_time(interactions),
        depth=10,
        least_stars=LIKED_STARS,
    ),
    "random": Protocol(
        split=lambda interactions, seed: split_at_random(interactions, seed=seed),
        depth=10,
        least_stars=LIKED_STARS,
    ),
    "last": Protocol(
        split=lambda interactions, _: leave_last_out(interactions), depth=10, least_stars=0.0
    ),
    "strong": Protocol(split=_strong, depth=100, least_stars=LIKED_STARS, judges_stars=False),
    "strong-graded": Protocol(split=_strong_graded, depth=100, least_stars=LIKED_STARS),
    **{f"newcomers-{count}": _newcomers(count) for count in (0, 1, 3, 5, 10)},
}
