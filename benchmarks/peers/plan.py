"""What is compared: data, worlds, tasks, models, and the grids that peers are tuned on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

BUDGET = 8
TUNING_SEED = 1001
STAR_TASKS = ("stars", "stars-new")
NEWCOMERS = ("newcomers-1", "newcomers-3", "newcomers-5", "newcomers-10")
FOLD_IN_TASKS = ("strong", *NEWCOMERS)
TRAINED_TASKS = ("time", "next", "ncf")
SMALL = ("ml-100k", "ml-latest-small")
LARGE = "ml-1m"
DATA = (*SMALL, LARGE)
Params = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class TaskRule:
    """How a task is judged: NDCG's depth, recall's depth, what counts as liked."""

    kind: str = "lists"
    depth: int = 10
    recall_depth: int = 20
    least_stars: float = 4.0


TASKS: Mapping[str, TaskRule] = {
    "stars": TaskRule(kind="stars"),
    "stars-new": TaskRule(kind="stars"),
    "strong": TaskRule(depth=100),
    **{name: TaskRule() for name in NEWCOMERS},
    "time": TaskRule(),
    "next": TaskRule(least_stars=0.0),
    "ncf": TaskRule(least_stars=0.0),
    "cold": TaskRule(recall_depth=50),
}
SEEDS = (1, 2, 3, 4, 5)
WORLDS: Mapping[str, Mapping[str, Sequence[int]]] = {
    "ml-100k": {"random": SEEDS, "official": (1, 2, 3, 4, 5), "people": SEEDS},
    "ml-latest-small": {"random": SEEDS, "people": SEEDS},
    "ml-1m": {
        "random": (1, 2, 3),
        "people": SEEDS,
        "time": (1,),
        "last": (1,),
        "last-shuffled": (1,),
        "ncf": (1,),
        "cold": (1,),
    },
}
# Worlds tuned as another one is: u1 to u5 as random splits, shuffled ties as ties in file order.
TUNED_AS = {"official": "random", "last-shuffled": "last"}


@dataclass(frozen=True, kw_only=True)
class Peer:
    """One library's model: where it is installed, what it can do, and what tuning may try.

    `choice_from` names, by data where one trial takes minutes, the data whose choice is taken over;
    `large_params` replaces it altogether for MovieLens 1M. `large_seeds` limits how many splits it
    gets there, `small_seeds` on the other sets. `tuned_as` names the peer whose choice it shares.
    `trials` are at most `BUDGET` hyperparameter sets.
    """

    name: str
    label: str
    environment: str
    tasks: Sequence[str]
    trials: Sequence[Params] = ({},)
    tuned_as: str = ""
    choice_from: Mapping[str, str] = field(default_factory=dict)
    large_params: Params | None = None
    large_seeds: int = 99
    small_seeds: int = 99
    data: Sequence[str] = DATA

    def trials_for(self, world: str) -> list[dict[str, Any]]:
        """Return the trials; where any next movie counts, every rating is a positive one."""
        trials = [dict(trial) for trial in self.trials]
        if world in {"last", "ncf"}:
            trials = [{**trial, "least_stars": 0.0} for trial in trials]
        return [trial for at, trial in enumerate(trials) if trial not in trials[:at]]


def _grid(**values: Sequence[Any]) -> list[dict[str, Any]]:
    return [dict(zip(values, row, strict=True)) for row in product(*values.values())]


def _rows(names: str, *rows: Sequence[Any]) -> list[dict[str, Any]]:
    return [dict(zip(names.split(), row, strict=True)) for row in rows]


_SVD = "n_factors n_epochs lr_all reg_all"
_ALS = "factors regularization alpha least_stars"
STAR_PEERS = (
    Peer(
        name="reference-bias",
        label="damped bias",
        environment="current",
        tasks=STAR_TASKS,
    ),
    Peer(
        name="surprise-baseline",
        label="Surprise BaselineOnly",
        environment="current",
        tasks=("stars",),
        trials=_grid(reg_i=(2, 5, 10, 20), reg_u=(3, 8)),
    ),
    Peer(
        name="surprise-svd",
        label="Surprise SVD",
        environment="current",
        tasks=("stars",),
        trials=_rows(
            _SVD,
            (100, 20, 0.005, 0.02),
            (20, 40, 0.005, 0.08),
            (50, 40, 0.005, 0.05),
            (50, 60, 0.005, 0.08),
            (100, 40, 0.005, 0.08),
            (100, 40, 0.01, 0.1),
            (100, 60, 0.005, 0.1),
            (200, 60, 0.005, 0.1),
        ),
    ),
    Peer(
        name="surprise-svdpp",
        label="Surprise SVD++",
        environment="current",
        tasks=("stars",),
        trials=_rows(
            _SVD,
            (20, 20, 0.007, 0.02),
            (10, 30, 0.005, 0.05),
            (20, 40, 0.005, 0.05),
            (20, 30, 0.007, 0.1),
            (50, 30, 0.007, 0.1),
            (20, 60, 0.003, 0.05),
            (50, 40, 0.005, 0.08),
            (10, 40, 0.005, 0.1),
        ),
        choice_from={LARGE: "ml-100k", "ml-latest-small": "ml-100k"},
        large_seeds=1,
        small_seeds=3,
    ),
    Peer(
        name="surprise-knn",
        label="Surprise KNNBaseline",
        environment="current",
        tasks=("stars",),
        trials=_rows(
            "k shrinkage user_based",
            (20, 100, False),
            (40, 100, False),
            (60, 100, False),
            (80, 100, False),
            (40, 50, False),
            (40, 200, False),
            (80, 200, False),
            (40, 100, True),
        ),
        choice_from={LARGE: "ml-100k"},
        large_seeds=1,
    ),
    Peer(
        name="surprise-co-clustering",
        label="Surprise CoClustering",
        environment="current",
        tasks=("stars",),
        trials=_rows(
            "n_cltr_u n_cltr_i",
            (1, 1),
            (2, 2),
            (3, 3),
            (3, 5),
            (5, 3),
            (5, 5),
            (7, 7),
            (10, 10),
        ),
        large_seeds=3,
    ),
    Peer(
        name="surprise-slope-one",
        label="Surprise SlopeOne",
        environment="current",
        tasks=("stars",),
        data=SMALL,
    ),
    Peer(
        name="lenskit-biased-mf",
        label="LensKit BiasedMF",
        environment="older",
        tasks=STAR_TASKS,
        trials=_grid(features=(10, 20, 40, 80), reg=(0.1, 0.2)),
        large_seeds=3,
    ),
    Peer(
        name="lenskit-item-knn",
        label="LensKit ItemItem",
        environment="older",
        tasks=STAR_TASKS,
        trials=_grid(nnbrs=(20, 40, 80, 200), min_nbrs=(1, 3)),
        choice_from={LARGE: "ml-100k"},
        large_seeds=1,
    ),
    Peer(
        name="myfm",
        label="myFM, rank as tuned",
        environment="current",
        tasks=("stars",),
        trials=_rows(
            "rank iterations burn_in",
            (4, 300, 60),
            (6, 300, 60),
            (8, 300, 60),
            (10, 300, 60),
            (12, 300, 60),
            (16, 300, 60),
            (20, 300, 60),
            (10, 600, 100),
        ),
        large_params={"rank": 24, "iterations": 300, "burn_in": 60},
        large_seeds=1,
    ),
)
_POSITIVE = (4.0,)
LIST_PEERS = (
    Peer(
        name="reference-popularity",
        label="popularity (number of likes)",
        environment="current",
        tasks=(*FOLD_IN_TASKS, *TRAINED_TASKS),
    ),
    Peer(
        name="reference-random",
        label="random order",
        environment="current",
        tasks=("cold",),
    ),
    Peer(
        name="reference-ease",
        label="EASE in numpy",
        environment="current",
        tasks=(*FOLD_IN_TASKS, *TRAINED_TASKS),
        trials=_rows(
            "regularization least_stars",
            *((ridge, 4.0) for ridge in (100.0, 250.0, 500.0, 1000.0, 10000.0, 100000.0)),
            *((ridge, 0.0) for ridge in (500.0, 3000.0)),
        ),
    ),
    Peer(
        name="rectools-ease",
        label="RecTools EASE",
        environment="older",
        tasks=(*FOLD_IN_TASKS, *TRAINED_TASKS),
        tuned_as="reference-ease",
        trials=_rows(
            "regularization least_stars",
            *((ridge, 4.0) for ridge in (100.0, 250.0, 500.0, 1000.0, 10000.0, 100000.0)),
            *((ridge, 0.0) for ridge in (500.0, 3000.0)),
        ),
    ),
    Peer(
        name="rectools-pure-svd",
        label="RecTools PureSVD",
        environment="older",
        tasks=(*FOLD_IN_TASKS, *TRAINED_TASKS),
        trials=_grid(factors=(10, 20, 30, 40, 50, 70, 100, 150)),
    ),
    Peer(
        name="rectools-popular",
        label="RecTools Popular",
        environment="older",
        tasks=(*FOLD_IN_TASKS, *TRAINED_TASKS),
    ),
    Peer(
        name="implicit-als",
        label="implicit ALS",
        environment="current",
        tasks=(*FOLD_IN_TASKS, *TRAINED_TASKS),
        trials=_rows(
            _ALS,
            (64, 20.0, 6.0, 4.0),
            (64, 5.0, 6.0, 4.0),
            (64, 20.0, 2.0, 4.0),
            (64, 60.0, 10.0, 4.0),
            (32, 20.0, 6.0, 4.0),
            (128, 20.0, 6.0, 4.0),
            (128, 60.0, 10.0, 4.0),
            (32, 5.0, 2.0, 0.0),
        ),
    ),
    Peer(
        name="implicit-bm25",
        label="implicit BM25",
        environment="current",
        tasks=(*FOLD_IN_TASKS, *TRAINED_TASKS),
        trials=_grid(K=(50, 200, 500, 1500), B=(0.2, 0.75)),
    ),
    Peer(
        name="implicit-cosine",
        label="implicit cosine",
        environment="current",
        tasks=(*FOLD_IN_TASKS, *TRAINED_TASKS),
        trials=_grid(K=(10, 20, 50, 100, 200, 400, 800, 1500)),
    ),
    Peer(
        name="implicit-bpr",
        label="implicit BPR",
        environment="current",
        tasks=TRAINED_TASKS,
        trials=_grid(factors=(32, 96), learning_rate=(0.02, 0.08), regularization=(0.005, 0.05)),
    ),
    Peer(
        name="lenskit-implicit-mf",
        label="LensKit ImplicitMF",
        environment="older",
        tasks=FOLD_IN_TASKS,
        trials=_rows(
            "features reg weight",
            (32, 0.1, 10.0),
            (32, 1.0, 10.0),
            (64, 0.1, 10.0),
            (64, 1.0, 10.0),
            (64, 5.0, 10.0),
            (64, 1.0, 40.0),
            (64, 5.0, 5.0),
            (128, 5.0, 10.0),
        ),
        data=("ml-100k",),
    ),
)
PEERS = (*STAR_PEERS, *LIST_PEERS)


@dataclass(frozen=True, kw_only=True)
class Own:
    """One of the engine's models, and on which tasks it speaks; `fits` names what is fitted."""

    name: str
    tasks: Sequence[str]
    fits: str = ""
    has_intervals: bool = False
    recommend_options: Sequence[str] = ()

    @property
    def model(self) -> str:
        """Return the name for --model."""
        return self.fits or self.name


_LISTS = (*FOLD_IN_TASKS, *TRAINED_TASKS)
OWN = (
    Own(name="bias", tasks=STAR_TASKS),
    Own(name="svd", tasks=STAR_TASKS),
    Own(name="item_knn", tasks=STAR_TASKS),
    Own(name="stars", tasks=("stars",), has_intervals=True),
    # The hybrid's stars are those of the same model, and it is fitted on people's worlds anyway.
    Own(name="stars", fits="hybrid", tasks=("stars-new",), has_intervals=True),
    Own(name="popularity", tasks=_LISTS),
    Own(name="als", tasks=("strong", "time", "ncf")),
    Own(name="ease", tasks=_LISTS),
    Own(name="sequence", tasks=("next", "ncf")),
    Own(name="hybrid", tasks=(*FOLD_IN_TASKS, "time", "ncf", "cold")),
    Own(
        name="hybrid-site",
        fits="hybrid",
        tasks=("strong",),
        recommend_options=("--site",),
    ),
)
