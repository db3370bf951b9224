"""The named ways to judge a model: a split, and what counts as a hit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from recommendations.engine.base import Recommender
from recommendations.engine.csv_files import RatingRows
from recommendations.engine.evaluation.fixed_splits import (
    DrawnCandidates,
    split_among_drawn,
    split_off,
)
from recommendations.engine.evaluation.judge import RECALL_DEPTH, Judgement, judge
from recommendations.engine.evaluation.leaks import check_no_leak
from recommendations.engine.evaluation.splits import (
    Split,
    hide_items,
    hold_people_out,
    leave_last_out,
    newcomers,
    shuffle_ties,
    sort_ties_by_item,
    split_at_random,
    split_by_time,
    split_fold,
)
from recommendations.engine.interactions import Interactions

LIKED_STARS = 4.0
_HELD_OUT_PEOPLE = 600


@dataclass(frozen=True, kw_only=True)
class Protocol:
    """How to split (interactions, seed), how deep to judge lists, which stars are a hit.

    `judges_stars` is false where only liked items were held back: an error over those alone
    would flatter. `judges_lists` is false where stars alone are asked for. `shown` are the metrics
    of the printed table, the first of them what tuning goes by. `draw_validation` splits training
    data for tuning where the split itself is given and cannot be drawn again.
    """

    draw: Callable[[Interactions, int], Split]
    depth: int
    least_stars: float
    recall_depth: int = RECALL_DEPTH
    judges_stars: bool = True
    judges_lists: bool = True
    shown: tuple[str, ...] = ("ndcg", "recall", "rmse")
    draw_validation: Callable[[Interactions, int], Split] | None = None

    @property
    def objective(self) -> str:
        """Return the metric that tuning goes by unless told otherwise."""
        depth = {"ndcg": self.depth, "recall": self.recall_depth}.get(self.shown[0])
        return self.shown[0] if depth is None else f"{self.shown[0]}@{depth}"

    def split(self, interactions: Interactions, seed: int) -> Split:
        """Return the split of this seed; raises `LeakError` should it tell what it asks for."""
        return check_no_leak(self.draw(interactions, seed))

    def validation(self, train: Interactions, seed: int) -> Split:
        """Return a split of training data to choose hyperparameters on."""
        return check_no_leak((self.draw_validation or self.draw)(train, seed))

    def judge(self, model: Recommender, split: Split) -> Judgement:
        """Return how a model fitted on the split's training part does on its cases."""
        return judge(
            model,
            split.cases,
            depth=self.depth,
            least_stars=self.least_stars,
            recall_depth=self.recall_depth,
            judges_stars=self.judges_stars,
            judges_lists=self.judges_lists,
        )


def _strong(interactions: Interactions, seed: int) -> Split:
    return hold_people_out(
        interactions, seed=seed, n_people=_HELD_OUT_PEOPLE, least_stars=LIKED_STARS
    )


def _all_of_people_held_out(interactions: Interactions, seed: int) -> Split:
    return hold_people_out(interactions, seed=seed, n_people=_HELD_OUT_PEOPLE)


def _newcomers(n_known: int) -> Protocol:
    def draw(interactions: Interactions, seed: int) -> Split:
        return newcomers(interactions, seed=seed, n_people=_HELD_OUT_PEOPLE, n_known=n_known)

    return Protocol(draw=draw, depth=10, least_stars=LIKED_STARS)


def _last(order: Callable[[Interactions, int], Interactions]) -> Protocol:
    def draw(interactions: Interactions, seed: int) -> Split:
        return leave_last_out(order(interactions, seed))

    return Protocol(draw=draw, depth=10, least_stars=0.0, shown=("ndcg", "hit"))


PROTOCOLS: Mapping[str, Protocol] = {
    "time": Protocol(
        draw=lambda interactions, _: split_by_time(interactions),
        depth=10,
        least_stars=LIKED_STARS,
    ),
    "random": Protocol(
        draw=lambda interactions, seed: split_at_random(interactions, seed=seed),
        depth=10,
        least_stars=LIKED_STARS,
    ),
    "last": _last(lambda interactions, _: interactions),
    "last-shuffled": _last(lambda interactions, seed: shuffle_ties(interactions, seed=seed)),
    "last-by-id": _last(lambda interactions, _: sort_ties_by_item(interactions)),
    "strong": Protocol(draw=_strong, depth=100, least_stars=LIKED_STARS, judges_stars=False),
    "strong-graded": Protocol(draw=_all_of_people_held_out, depth=100, least_stars=LIKED_STARS),
    "people": Protocol(
        draw=_all_of_people_held_out,
        depth=10,
        least_stars=LIKED_STARS,
        judges_lists=False,
        shown=("rmse", "mae", "inside"),
    ),
    **{f"newcomers-{count}": _newcomers(count) for count in (0, 1, 3, 5, 10)},
    "cold": Protocol(
        draw=lambda interactions, seed: hide_items(interactions, seed=seed),
        depth=10,
        least_stars=LIKED_STARS,
        recall_depth=50,
    ),
}
FOLDS, FILES, NCF = "kfold", "files", "ncf"
PROTOCOL_NAMES = (*PROTOCOLS, FOLDS, FILES, NCF)


def fold_protocol(fold: int, n_folds: int) -> Protocol:
    """Return the protocol of one of `n_folds` random parts."""

    def draw(interactions: Interactions, seed: int) -> Split:
        return split_fold(interactions, seed=seed, fold=fold, n_folds=n_folds)

    return Protocol(draw=draw, depth=10, least_stars=LIKED_STARS)


def files_protocol(test: RatingRows) -> Protocol:
    """Return the protocol that holds back exactly these ratings."""
    return Protocol(
        draw=lambda interactions, _: split_off(interactions, test),
        draw_validation=lambda train, seed: split_at_random(train, seed=seed),
        depth=10,
        least_stars=LIKED_STARS,
    )


def ncf_protocol(drawn: DrawnCandidates) -> Protocol:
    """Return NCF's protocol: the held-out item of each person among drawn ones, HR and NDCG."""
    return Protocol(
        draw=lambda interactions, _: split_among_drawn(interactions, drawn),
        draw_validation=lambda train, _: leave_last_out(train),
        depth=10,
        least_stars=0.0,
        judges_stars=False,
        shown=("ndcg", "hit"),
    )
