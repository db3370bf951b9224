"""Tables of the page, made of results alone."""

from collections.abc import Iterable, Sequence

from benchmarks.peers.goals import EASE, GOALS, Goal, best_peer, peer_names, reach
from benchmarks.peers.places import read_json, result_path
from benchmarks.peers.plan import DATA, OWN, PEERS, TASKS, WORLDS
from benchmarks.peers.pools import (
    Pool,
    Setting,
    baseline_of,
    best,
    difference,
    interval,
    ranked,
    ratio,
    read_pool,
)
from benchmarks.peers.scorer import Interval
from benchmarks.peers.tuning import load_tuned

NAMES = {"ml-100k": "ML-100K", "ml-latest-small": "latest-small", "ml-1m": "ML-1M"}
OUR_BEST = {"stars": "stars", "stars-new": "stars", "next": "sequence"}
NOTHING = "–"
MORE_MOVIES = 2
Rows = Iterable[Sequence[str]]


def table(header: Sequence[str], rows: Rows) -> str:
    """Return a Markdown table; a line that says so where there is no row."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    if not lines:
        return "No result yet."
    rule = "|" + " --- |" * len(header)
    return "\n".join([f"| {' | '.join(header)} |", rule, *lines])


def number(value: float, digits: int = 4) -> str:
    """Return a number without the zero before the point."""
    text = f"{value:.{digits}f}"
    return text.replace("0.", ".", 1) if abs(value) < 1 else text


def spread(figure: Interval, digits: int = 4) -> str:
    """Return a figure with its interval."""
    return f"{number(figure[0], digits)} ({number(figure[1], digits)}–{number(figure[2], digits)})"


def label_of(model: str) -> str:
    """Return how a model is called on the page; ours stand in code type."""
    labels = {peer.name: peer.label for peer in PEERS}
    return labels.get(model, f"**`{model}`**")


def pools_of(setting: Setting) -> list[Pool]:
    """Return the results of all models on a task, best first."""
    own = [model.name for model in OWN if setting.task in model.tasks]
    return ranked([read_pool(setting, name) for name in (*peer_names(setting), *own)])


def comparison(setting: Setting) -> str:
    """Return the table of a task: quality, ratio to a baseline and to the best peer, cost."""
    pools = pools_of(setting)
    peer = best_peer(setting)
    base = baseline_of(setting)
    rule = TASKS[setting.task]
    metric = "RMSE" if setting.is_stars else f"NDCG@{rule.depth}"
    more = [] if setting.is_stars else [_second_name(setting), "movies in top 10s"]
    header = ["model", "splits", f"{metric} (95 %)", *more]
    header += ["to " + (label_of(base.model) if base else "baseline"), "to the best peer (95 %)"]
    header += ["fit s", "MB", "ms each"]
    return table(header, [_row(pool, base, peer) for pool in pools])


def _row(pool: Pool, base: Pool | None, peer: Pool | None) -> list[str]:
    more = [] if pool.setting.is_stars else [_second(pool), _breadth(pool)]
    return [
        label_of(pool.model),
        str(len(pool.seeds)),
        spread(interval(pool)),
        *more,
        "× " + number(ratio(pool, base)[0], 3) if base else NOTHING,
        "× " + spread(ratio(pool, peer), 3) if peer else NOTHING,
        f"{pool.cost('fit_seconds'):.1f}",
        f"{pool.cost('peak_megabytes'):.0f}",
        number(pool.cost("milliseconds"), 2),
    ]


def _second_name(setting: Setting) -> str:
    if setting.task in {"next", "ncf"}:
        return "HR@10"
    return f"recall@{TASKS[setting.task].recall_depth}"


def _second(pool: Pool) -> str:
    metric = "hit" if pool.setting.task in {"next", "ncf"} else "recall"
    other = read_pool(pool.setting, pool.model, metric=metric, seeds=pool.seeds)
    return number(other.mean) if other else NOTHING


def _breadth(pool: Pool) -> str:
    return f"{_movies_shown(pool):.0f}"


def _movies_shown(pool: Pool) -> float:
    counts = [result["scores"]["totals"].get("movies_in_top_10", 0) for result in pool.results]
    return sum(counts) / len(counts)


def goals() -> str:
    """Return what was to be reached, what was, and the verdict."""
    return table(
        ["on", "what", "model", "goal", "reached (95 %)", "best peer", "verdict"],
        [*(_goal_row(goal) for goal in GOALS), _breadth_goal()],
    )


def _breadth_goal() -> list[str]:
    """Return the goal that is about all lists together, and has no person to resample."""
    setting = Setting(data="ml-1m", world="people", task="strong")
    start = [NAMES[setting.data], "movies in 600 top tens of the site's list to EASE's"]
    start += ["`hybrid-site`", "≥ 2"]
    mine = read_pool(setting, "hybrid-site")
    ease = best([read_pool(setting, name) for name in EASE])
    if mine is None or ease is None:
        return [*start, NOTHING, NOTHING, "not measured"]
    times = _movies_shown(mine) / _movies_shown(ease)
    verdict = "met" if times >= MORE_MOVIES else "**not met**"
    return [*start, f"× {times:.2f}", NOTHING, verdict]


def _goal_row(goal: Goal) -> list[str]:
    reached = reach(goal)
    sign = "≤" if goal.less_is_better else "≥"
    wanted = f"{sign} {number(goal.target, 3)}"
    if goal.highest is not None:
        wanted = f"{number(goal.target, 2)}–{number(goal.highest, 2)}"
    start = [
        NAMES[goal.setting.data],
        goal.label,
        f"`{goal.model}`",
        wanted,
    ]
    if reached is None:
        return [*start, NOTHING, NOTHING, "not measured"]
    peer = best_peer(goal.setting, metric=goal.metric, seeds=goal.seeds)
    verdict = "met" if reached.is_met else "**not met**"
    if reached.is_met_by_interval:
        verdict = "met within the interval"
    return [*start, spread(reached.figure), _peer_cell(goal, peer), verdict]


def _peer_cell(goal: Goal, peer: Pool | None) -> str:
    if peer is None:
        return NOTHING
    figure = number(peer.mean)
    if goal.against:
        others = [read_pool(goal.setting, name, metric=goal.metric) for name in goal.against]
        other = best(others)
        figure = "× " + number(ratio(peer, other)[0], 3) if other else figure
    return f"{label_of(peer.model)} {figure}"


def breadth() -> str:
    """Return how many of the movies the top tens show, and what that costs."""
    setting = Setting(data="ml-1m", world="people", task="strong")
    pools = [read_pool(setting, name) for name in (*EASE, "implicit-als", "hybrid", "hybrid-site")]
    plain = read_pool(setting, "hybrid")
    rows = []
    for pool in pools:
        if pool is None:
            continue
        loss = spread(ratio(pool, plain), 3) if plain else NOTHING
        rows.append([label_of(pool.model), _breadth(pool), number(pool.mean), loss])
    return table(["model", "movies in 600 top tens", "NDCG@100", "to `hybrid`"], rows)


def coverage() -> str:
    """Return how often intervals of 80 % hold, where a model gives any."""
    rows = []
    for data in DATA:
        for world, task in (("random", "stars"), ("people", "stars-new")):
            setting = Setting(data=data, world=world, task=task)
            pool = read_pool(setting, "stars", metric="covered")
            if pool:
                rows.append([NAMES[data], task, spread(interval(pool), 3)])
    return table(["data", "task", "share inside"], rows)


def where_peers_win() -> str:
    """Return every task where the best peer is ahead of our model, or not clearly behind."""
    lines = []
    for data in DATA:
        for world in WORLDS[data]:
            for task in TASKS:
                line = _lost(Setting(data=data, world=world, task=task))
                if line:
                    lines.append(line)
    return table(["on", "best peer", "ours", "ours above the peer (95 %)", "says"], lines)


def _lost(setting: Setting) -> list[str] | None:
    mine = read_pool(setting, OUR_BEST.get(setting.task, "hybrid"))
    peer = best_peer(setting)
    if mine is None or peer is None:
        return None
    value, low, high = difference(mine, peer)
    gain = (-value, -high, -low) if setting.is_stars else (value, low, high)
    if gain[1] > 0:
        return None
    words = "the peer wins" if gain[2] < 0 else "no difference shown"
    return [
        f"{NAMES[setting.data]}, {setting.world}, {setting.task}",
        f"{label_of(peer.model)} {number(peer.mean)}",
        f"`{mine.model}` {number(mine.mean)}",
        spread(gain),
        words,
    ]


def tuned() -> str:
    """Return what tuning chose for every peer and how many sets it tried."""
    rows = []
    for data, worlds in load_tuned().items():
        if data not in NAMES:
            continue
        for world, tasks in worlds.items():
            for task, models in tasks.items():
                for model, found in models.items():
                    chosen = ", ".join(f"{key} {value}" for key, value in found["params"].items())
                    place = f"{NAMES[data]}, {world}, {task}"
                    rows.append([place, label_of(model), str(len(found["tried"])), chosen])
    return table(["validation part of", "model", "tried", "chosen"], rows)


def versions() -> str:
    """Return the versions of what was run."""
    found: dict[str, str] = {}
    for model in ("implicit-als", "rectools-ease"):
        stored = read_json(result_path("ml-100k", "people", 1, "strong", model))
        if stored:
            found |= stored["versions"]
    stored = read_json(result_path("ml-100k", "random", 1, "stars", "surprise-svd"))
    found |= stored["versions"] if stored else {}
    return table(["library", "version"], sorted(found.items()))
