from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from recommendations.engine.history import History
from recommendations.engine.ranking.exploration import Posterior, fold_in_posterior
from recommendations.engine.ranking.features import ItemFeatures
from recommendations.engine.ranking.filters import Rule
from recommendations.engine.ranking.knowledge import Knowledge, Taste
from recommendations.engine.ranking.lists import make_list
from recommendations.engine.ranking.plan import ListPlan
from recommendations.engine.ranking.scored import Scored
from recommendations.engine.ranking.standouts import UsualScores

N_ITEMS = 12
SCORES = np.linspace(11, 0, N_ITEMS)
BY_SCORE = ListPlan()


def features():
    genres = np.eye(3, dtype=np.float32)[np.arange(N_ITEMS) // 4]
    return ItemFeatures(
        genres=sparse.csr_array(genres),
        years=np.arange(1980, 1980 + N_ITEMS),
        popularity=np.linspace(1, -1, N_ITEMS),
        terms=sparse.csr_array(genres),
        taste_vectors=genres,
    )


TASTE = Taste(
    posterior=fold_in_posterior(History(), np.eye(3, dtype=np.float32)),
    item_vectors=np.eye(3, dtype=np.float32)[np.arange(N_ITEMS) // 4],
)
KNOWN = Knowledge(
    features=features(),
    usual=UsualScores(means=-3.0 * (np.arange(N_ITEMS) == 6), deviations=np.ones(N_ITEMS)),
    taste=lambda: TASTE,
)
LIKES_THE_LAST_GENRE = History(
    item_indices=np.array([11]),
    values=np.array([5], dtype=np.float32),
    timestamps=np.array([1]),
)


def listed(plan, *, k=5, scores=SCORES, history=LIKES_THE_LAST_GENRE, known=KNOWN, **options):
    scored = scores if isinstance(scores, Scored) else Scored.of_all(scores)
    return make_list(scored, k=k, plan=plan, history=history, knowledge=known, **options)


def test_by_score_alone_nothing_moves():
    ranked = listed(BY_SCORE)
    assert ranked.items.tolist() == [0, 1, 2, 3, 4]
    assert ranked.scores.tolist() == SCORES[:5].tolist()
    assert ranked.moves == ()


def test_variety_keeps_the_best_and_brings_in_what_is_unlike():
    ranked = listed(ListPlan(diversity=0.6), k=3)
    assert ranked.items.tolist() == [0, 4, 8]
    assert ranked.move_of(4).from_place == 4
    assert ranked.move_of(4).why == ranked.move_of(8).why == ranked.move_of(1).why == "variety"
    assert ranked.move_of(1).to_place is None
    assert ranked.move_of(0) is None


def test_calibration_brings_in_the_genre_of_the_history():
    ranked = listed(ListPlan(calibration=0.9), k=2)
    assert ranked.items.tolist() == [8, 9]
    assert ranked.move_of(8).why == "genre mix"
    assert ranked.scores.tolist() == SCORES[[8, 9]].tolist()


def test_without_history_there_is_nothing_to_calibrate_to():
    assert listed(ListPlan(calibration=0.9), history=History()).moves == ()


def test_popularity_and_period_lift_and_say_so():
    assert listed(ListPlan(popularity=-4.0), k=1).items.tolist() == [11]
    assert listed(ListPlan(popularity=-4.0), k=1).move_of(11).why == "popularity"
    assert listed(ListPlan(newness=3.0), k=1).move_of(11).why == "period"
    lifted = listed(ListPlan(decade=1990, decade_boost=20.0), k=2)
    assert lifted.items.tolist() == [10, 11]


def test_what_stands_out_takes_its_places():
    # Item 6 is 1.4 deviations above 0, and usually three below.
    ranked = listed(ListPlan(standouts=(0.0, 0.9)), k=3)
    assert ranked.items.tolist() == [0, 6, 1]
    assert ranked.move_of(6).why == "stands out"
    assert ranked.move_of(6).nudges[0].value > 0


def test_exploration_stands_at_its_place_and_is_marked():
    plan = ListPlan(exploration_places=(1,), varied=4)
    ranked = listed(plan, history=History(), seed=5)
    guess = int(ranked.items[1])
    assert ranked.explored == {guess}
    assert guess >= 4
    assert ranked.move_of(guess).why == "exploration"
    assert ranked.items.tolist() == [0, guess, 1, 2, 3]
    assert ranked.move_of(4).to_place is None
    assert ranked.move_of(1).why == "made room"
    again = listed(plan, history=History(), seed=5)
    assert again.items.tolist() == ranked.items.tolist()
    others = {tuple(listed(plan, history=History(), seed=seed).items) for seed in range(30)}
    assert len(others) > 1


def test_a_sure_taste_explores_what_it_likes_among_the_rest():
    taste = Taste(
        posterior=Posterior(mean=np.array([0.0, 0, 1]), covariance=np.zeros((3, 3))),
        item_vectors=TASTE.item_vectors,
    )
    known = replace(KNOWN, taste=lambda: taste)
    plan = ListPlan(exploration_places=(0, 1), varied=2)
    ranked = listed(
        plan, history=History(), known=known, rules=[Rule(why="seen", removed=np.array([8]))]
    )
    assert ranked.items[:2].tolist() == [9, 10]


def test_rules_and_reranking_together_never_show_what_is_taken_out():
    rules = [Rule(why="seen", removed=np.array([0, 8]))]
    ranked = listed(ListPlan(diversity=0.9), k=20, rules=rules)
    assert sorted(ranked.items) == [item for item in range(N_ITEMS) if item not in {0, 8}]
    assert listed(BY_SCORE, rules=[Rule(why="hidden", removed=np.arange(N_ITEMS))]).moves == ()


def test_a_part_without_what_it_needs_does_nothing():
    plan = ListPlan(diversity=0.5, standouts=(0.9,), exploration_places=(0,), popularity=-1)
    assert listed(plan, known=None).moves == ()


@settings(max_examples=80, deadline=None)
@given(
    scores=st.lists(st.integers(-3, 3), min_size=N_ITEMS, max_size=N_ITEMS),
    removed=st.sets(st.integers(0, N_ITEMS - 1)),
    k=st.integers(1, N_ITEMS + 2),
    plan=st.builds(
        ListPlan,
        diversity=st.sampled_from([0.0, 0.4, 1.0]),
        calibration=st.sampled_from([0.0, 0.4, 1.0]),
        popularity=st.sampled_from([0.0, -0.5, 1.0]),
        newness=st.sampled_from([0.0, 0.5]),
        standouts=st.sampled_from([(), (0.2, 0.8)]),
        exploration_places=st.sampled_from([(), (1,), (0, 4)]),
        varied=st.integers(1, 6),
        reranked=st.integers(2, N_ITEMS),
    ),
    seed=st.integers(0, 5),
)
def test_the_moves_account_for_every_place(scores, removed, k, plan, seed):
    scores = np.array(scores, dtype=np.float64)
    rules = [Rule(why="seen", removed=np.array(sorted(removed), dtype=np.int64))]
    ranked = listed(plan, k=k, scores=scores, rules=rules, seed=seed)
    open_items = [item for item in range(N_ITEMS) if item not in removed]
    by_score = sorted(open_items, key=lambda item: (-scores[item], item))
    assert len(ranked.items) == min(k, len(open_items))
    assert set(ranked.items) <= set(open_items)
    assert len(set(ranked.items)) == len(ranked.items)
    assert ranked.scores.tolist() == scores[ranked.items].tolist()
    places = {item: place for place, item in enumerate(by_score)}
    shown = {int(item): place for place, item in enumerate(ranked.items)}
    expected = {
        item: (place, shown.get(item))
        for item, place in places.items()
        if shown.get(item, place if place >= len(shown) else None) != place
    }
    found = {move.item_index: (move.from_place, move.to_place) for move in ranked.moves}
    assert found == expected
    again = listed(plan, k=k, scores=scores, rules=rules, seed=seed)
    assert again.items.tolist() == ranked.items.tolist()


def test_what_moved_has_the_cause_that_its_move_names():
    ranked = listed(ListPlan(diversity=0.6), k=6)
    moved = {move.item_index: move.why for move in ranked.moves if move.to_place is not None}
    assert ranked.causes_of_moves() == moved
    assert "variety" in moved.values()


def test_scores_far_from_the_best_may_be_left_out():
    near = Scored(
        values=SCORES[:6], n_items=N_ITEMS, deviation=float(SCORES.std()), near=np.arange(6)
    )
    plan = ListPlan(diversity=0.3, standouts=(0.0, 0.6), reranked=5)
    found = listed(plan, scores=near)
    assert found.items.tolist() == listed(plan).items.tolist()
    assert found.scores.tolist() == listed(plan).scores.tolist()


def test_pinned_items_lead_from_the_place_that_scores_give():
    scored = Scored.of_all(SCORES)
    allowed = np.ones(N_ITEMS, dtype=bool)
    ranked = listed(ListPlan(diversity=0.6), k=3)
    led = ranked.led_by(np.array([11, 4]), scored, allowed=allowed)
    assert led.items.tolist() == [11, 4, 0]
    assert led.scores.tolist() == SCORES[[11, 4, 0]].tolist()
    assert led.places.tolist() == [11, 4, 0]
    assert led.causes_of_moves() == {11: "pinned", 4: "pinned", 0: "made room"}
    assert ranked.led_by(np.array([], dtype=int), scored, allowed=allowed) is ranked
