"""The goals that were set, and what was reached."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.peers.plan import LIST_PEERS, STAR_PEERS
from benchmarks.peers.pools import Pool, Setting, best, difference, interval, ratio, read_pool
from benchmarks.peers.scorer import Interval

EASE = ("rectools-ease", "reference-ease")
POPULARITY = ("reference-popularity", "rectools-popular", "popularity")
BIAS = ("reference-bias",)


@dataclass(frozen=True, kw_only=True)
class Goal:
    """One line of the table; `against` names models of which the best is what 1 means.

    With `highest` the figure has to lie between the target and that.
    """

    label: str
    model: str
    setting: Setting
    target: float
    against: Sequence[str] = ()
    metric: str = ""
    seeds: Sequence[int] | None = None
    highest: float | None = None

    @property
    def less_is_better(self) -> bool:
        """Return whether the figure should be at most the target."""
        return self.setting.is_stars and self.highest is None

    def holds(self, value: float) -> bool:
        """Return whether a figure is as good as it has to be."""
        if self.highest is not None:
            return self.target <= value <= self.highest
        return value <= self.target if self.less_is_better else value >= self.target


@dataclass(frozen=True, kw_only=True)
class Reached:
    """What a goal's model reached, and whether that is enough."""

    figure: Interval
    is_met: bool
    is_met_by_interval: bool


def _setting(data: str, world: str, task: str) -> Setting:
    return Setting(data=data, world=world, task=task)


def _goal(label: str, model: str, place: str, target: float, **more: object) -> Goal:
    return Goal(label=label, model=model, setting=_setting(*place.split()), target=target, **more)  # type: ignore[arg-type]


GOALS = (
    _goal("RMSE to damped bias", "stars", "ml-1m random stars", 0.902, against=BIAS),
    _goal("RMSE to damped bias", "stars", "ml-100k random stars", 0.920, against=BIAS),
    _goal("RMSE to damped bias", "stars", "ml-latest-small random stars", 0.920, against=BIAS),
    _goal("RMSE, u1", "stars", "ml-100k official stars", 0.882, seeds=(1,)),
    _goal("RMSE, mean of u1–u5", "stars", "ml-100k official stars", 0.878),
    _goal("RMSE, people never trained on", "stars", "ml-1m people stars-new", 0.829),
    _goal(
        "share inside intervals of 80 %, the same people",
        "stars",
        "ml-1m people stars-new",
        0.78,
        metric="covered",
        highest=0.82,
    ),
    _goal("NDCG@100 to EASE, strong", "hybrid", "ml-1m people strong", 1.04, against=EASE),
    _goal(
        "NDCG@10 to popularity, 1 rating",
        "hybrid",
        "ml-1m people newcomers-1",
        1.0,
        against=POPULARITY,
    ),
    _goal("the same, 3 ratings", "hybrid", "ml-1m people newcomers-3", 1.0, against=POPULARITY),
    _goal("the same, 5 ratings", "hybrid", "ml-1m people newcomers-5", 1.05, against=POPULARITY),
    _goal("the same, 10 ratings", "hybrid", "ml-1m people newcomers-10", 1.2, against=POPULARITY),
    _goal("NDCG@10 to EASE, time cut", "hybrid", "ml-1m time time", 1.02, against=EASE),
    _goal("NDCG@10, what next", "sequence", "ml-1m last next", 0.168),
    _goal("recall@50 among cold movies", "hybrid", "ml-1m cold cold", 0.77, metric="recall"),
    _goal("NCF's split, HR@10", "hybrid", "ml-1m ncf ncf", 0.75, metric="hit"),
    _goal("NCF's split, NDCG@10", "hybrid", "ml-1m ncf ncf", 0.50),
    _goal("NCF's split, HR@10", "sequence", "ml-1m ncf ncf", 0.78, metric="hit"),
    _goal("NCF's split, NDCG@10", "sequence", "ml-1m ncf ncf", 0.57),
    _goal(
        "NDCG@100 of the site's list to the plain one",
        "hybrid-site",
        "ml-1m people strong",
        0.98,
        against=("hybrid",),
    ),
)


def peer_names(setting: Setting) -> list[str]:
    """Return the models that are not ours and play this task."""
    peers = STAR_PEERS if setting.is_stars else LIST_PEERS
    return [peer.name for peer in peers if setting.task in peer.tasks]


def best_peer(setting: Setting, **options: object) -> Pool | None:
    """Return the peer with the best mean, chosen on the test data: in its favour."""
    pools = [read_pool(setting, name, **options) for name in peer_names(setting)]  # type: ignore[arg-type]
    return best(pools)


def reach(goal: Goal) -> Reached | None:
    """Return what was reached, or None where there is no result."""
    mine = read_pool(goal.setting, goal.model, metric=goal.metric, seeds=goal.seeds)
    if mine is None:
        return None
    if goal.against:
        others = [read_pool(goal.setting, name, metric=goal.metric) for name in goal.against]
        other = best(others)
        if other is None:
            return None
        figure = ratio(mine, other)
    else:
        figure = interval(mine)
    value, low, high = figure
    is_met = goal.holds(value)
    contains = low <= goal.target <= high
    return Reached(
        figure=figure,
        is_met=is_met,
        is_met_by_interval=not is_met
        and goal.highest is None
        and contains
        and _is_above_peers(goal, mine),
    )


def _is_above_peers(goal: Goal, mine: Pool) -> bool:
    peer = best_peer(goal.setting, metric=goal.metric, seeds=goal.seeds)
    if peer is None:
        return True
    _, low, high = difference(mine, peer)
    return high < 0 if goal.less_is_better else low > 0
