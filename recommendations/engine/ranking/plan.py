"""How a list is made from scores: what re-ranking asks for, and how much of it."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ListPlan:
    """How a list is made; as it stands, by score alone.

    `diversity` and `calibration` run from 0 (off) to 1 (nothing else counts). `popularity` and
    `newness` run from −1 to 1: the little known or the widely known, the old or the new; they are
    boosts in deviations of the scores for one deviation of log count or year. `decade` (1970 for
    the seventies) is lifted by `decade_boost` deviations.
    With `newcomer_variety` the list of somebody without a rating is spread over genres and periods
    instead. `taste_share` is how much likeness of
    taste counts against that of content. The best `reranked` items are reordered, the first
    `varied` places with variety, calibration and `standouts`: for each place, over and over, how
    much it counts that an item stands out for this person against its score (0 to below 1). Only
    the best `standout_pool`, and a tenth of a small catalogue, may stand out. Places count from 0:
    at `exploration_places` stands a draw from what comes after the varied places, up
    to `exploration_pool`, with a chance that is half gone after `exploration_half_length` entries.
    """

    diversity: float = 0.0
    calibration: float = 0.0
    popularity: float = 0.0
    newness: float = 0.0
    decade: int | None = None
    decade_boost: float = 0.5
    newcomer_variety: float = 0.0
    taste_share: float = 0.5
    reranked: int = 500
    varied: int = 30
    standouts: tuple[float, ...] = ()
    standout_pool: int = 300
    exploration_places: tuple[int, ...] = ()
    exploration_pool: int = 500
    exploration_half_length: float = 50.0


EXPLORATION_PLACES = (4, 8)
# Chosen on validation people; the figures stand in docs/engine.md.
SITE_PLAN = ListPlan(
    diversity=0.05,
    newcomer_variety=0.5,
    standouts=(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.6, 0.7, 0.9),
    exploration_places=(11, 19),
    exploration_half_length=10.0,
)
