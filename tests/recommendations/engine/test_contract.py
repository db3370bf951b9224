"""What every model must do, whatever it learns."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommendations.engine import artefacts
from recommendations.engine.base import StarPredictor
from recommendations.engine.errors import (
    HyperparameterError,
    InvalidInteractionsError,
    NotFittedError,
    UnknownItemError,
    UnsupportedError,
)
from recommendations.engine.events import EVENT_KINDS, Events
from recommendations.engine.history import History
from recommendations.engine.interactions import Interactions
from recommendations.engine.models import MODELS, build_model, recipe_of
from tests.recommendations.engine.worlds import N_ITEMS, UNRATED_ITEM, two_camps

STAR_MODELS = [name for name, model in MODELS.items() if issubclass(model, StarPredictor)]
_FITTED = {}


def fitted(name):
    """Return the model fitted on the two camps, once for all tests."""
    if name not in _FITTED:
        _FITTED[name] = MODELS[name]().fit(two_camps())
    return _FITTED[name]


@pytest.fixture(params=list(MODELS))
def model(request):
    return fitted(request.param)


@st.composite
def histories(draw):
    """Draw any history over the items of the two camps: empty, short, long, one-sided."""
    items = draw(st.lists(st.integers(0, N_ITEMS - 1), unique=True, max_size=N_ITEMS))
    halves = draw(st.lists(st.integers(1, 10), min_size=len(items), max_size=len(items)))
    n_events = draw(st.integers(0, 5))
    event_items = draw(st.lists(st.integers(0, N_ITEMS - 1), min_size=n_events, max_size=n_events))
    codes = draw(
        st.lists(st.integers(0, len(EVENT_KINDS) - 1), min_size=n_events, max_size=n_events)
    )
    return history(
        items,
        [half / 2 for half in halves],
        Events(
            item_indices=np.array(event_items, dtype=np.int64),
            codes=np.array(codes, dtype=np.int8),
            timestamps=np.arange(n_events),
        ),
    )


def history(items, stars, events=None):
    return History(
        item_indices=np.array(items, dtype=np.int64),
        values=np.array(stars, dtype=np.float32),
        timestamps=np.arange(len(items), dtype=np.int64),
        as_of=len(items),
        events=Events.none() if events is None else events,
    )


def assert_account_is_exact(explanation, expected):
    assert explanation.score == expected
    assert abs(explanation.total - expected) <= explanation.tolerance
    for part in explanation.parts:
        assert np.isfinite(part.value)
        if part.contributions is not None:
            assert part.contributions.shape == (explanation.n_entries,)


@pytest.mark.parametrize("name", MODELS)
def test_a_hyperparameter_that_is_no_number_is_refused(name):
    usual = MODELS[name]()
    numbers = [key for key, value in vars(usual).items() if isinstance(value, float)]
    for key in numbers:
        for wrong in (np.nan, np.inf):
            with pytest.raises(HyperparameterError, match=f"{key} must be finite"):
                replace(usual, **{key: wrong}).fit(two_camps())


def test_a_recipe_with_something_beside_its_hyperparameters_is_refused():
    with pytest.raises(HyperparameterError, match="a recipe of ease has no 'parameters'"):
        build_model({"model": "ease", "parameters": {"ridge": 5.0}})


def test_importing_the_models_leaves_scikit_learn_out():
    """It costs a serving process 85 MB; import it through `recommendations.engine.learners`."""
    check = "import sys, recommendations.engine.artefacts; sys.exit('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


def test_fit_returns_the_model_itself(model):
    fresh = build_model(recipe_of(model))
    assert fresh.fit(two_camps(n_users=20)) is fresh


def test_fit_leaves_the_hyperparameters_alone(model):
    fresh = build_model(recipe_of(model))
    before = recipe_of(fresh)
    assert recipe_of(fresh.fit(two_camps(n_users=20))) == before


def test_fit_without_any_rating_is_refused(model):
    nothing = two_camps().keep_ratings(np.zeros(two_camps().n_ratings, dtype=bool))
    with pytest.raises(InvalidInteractionsError, match="no rating"):
        build_model(recipe_of(model)).fit(nothing)


def test_refit_forgets_what_was_learned_before(model):
    refitted = build_model(recipe_of(model)).fit(two_camps(seed=99, n_users=30)).fit(two_camps())
    some = history([1, 2, 3], [5, 1, 4])
    assert np.array_equal(refitted.score(some), model.score(some))


def test_the_same_data_gives_the_same_bytes(model):
    again = dict(build_model(recipe_of(model)).fit(two_camps())._arrays())
    for name, values in model._arrays():
        assert values.tobytes() == again[name].tobytes(), name


def test_score_before_fit_is_an_error_of_its_own(model):
    with pytest.raises(NotFittedError):
        build_model(recipe_of(model)).score(History())


def test_fit_works_without_timestamps_content_and_events(model):
    world = two_camps()
    bare = Interactions.from_arrays(
        user_ids=world.user_ids[world.rating_users],
        item_ids=world.items.ids[world.user_items.indices],
        stars=world.user_items.data,
        catalogue=world.items,
    )
    scores = build_model(recipe_of(model)).fit(bare).score(history([0, 2], [5, 4]))
    assert scores.shape == (N_ITEMS,)
    assert np.isfinite(scores).all()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.differing_executors])
@given(some=histories())
@pytest.mark.parametrize("name", list(MODELS))
def test_scores_are_finite_and_their_parts_sum_to_them(name, some):
    model = fitted(name)
    scores = model.score(some)
    assert scores.shape == (N_ITEMS,)
    assert scores.dtype == np.float64
    assert np.isfinite(scores).all()
    explanations = model.explain_many(some, range(N_ITEMS))
    for item, explanation in enumerate(explanations):
        assert explanation.item_index == item
        assert_account_is_exact(explanation, scores[item])


@settings(max_examples=40, deadline=None)
@given(some=histories())
@pytest.mark.parametrize("name", STAR_MODELS)
def test_predicted_stars_have_an_exact_account_too(name, some):
    model = fitted(name)
    stars = model.predict(some, np.arange(N_ITEMS))
    assert ((stars >= 0.5) & (stars <= 5.0)).all()
    for item in range(N_ITEMS):
        assert_account_is_exact(model.explain_stars(some, item), stars[item])


@pytest.mark.parametrize(
    ("items", "stars"),
    [
        ([], []),
        ([4], [4.5]),
        ([UNRATED_ITEM], [5]),
        ([0, 1, 2, 3], [3, 3, 3, 3]),
        ([0, 1, 2, 3], [0.5, 1, 0.5, 1]),
        (range(N_ITEMS), [5] * N_ITEMS),
    ],
    ids=["empty", "one", "only an unrated item", "all equal", "only dislikes", "everything"],
)
def test_histories_at_the_edge_are_scored_and_explained(model, items, stars):
    some = history(list(items), stars)
    scores = model.score(some)
    assert np.isfinite(scores).all()
    assert_account_is_exact(model.explain(some, 7), scores[7])


def test_one_explanation_is_the_same_as_one_of_many(model):
    some = history([1, 5, 8], [5, 2, 4])
    alone = model.explain(some, 3)
    among = model.explain_many(some, [9, 3])[1]
    assert [part.name for part in alone.parts] == [part.name for part in among.parts]
    # A product with one column and one with many may differ in their last bits.
    assert [part.value for part in alone.parts] == pytest.approx(
        [part.value for part in among.parts], rel=1e-9, abs=1e-12
    )


def test_contributions_are_those_of_the_explanations(model):
    alone, items = history([1, 5, 8], [5, 2, 4], two_camps().events), [9, 3, 8]
    among = replace(alone)
    model.score_many([history([2], [0.5]), among])
    expected = [each.contributions for each in model.explain_many(alone, items)]
    for some in (alone, among):
        given = model.contributions(some, items)
        assert given.shape == (3, some.n_entries)
        assert np.allclose(given, expected, rtol=1e-6, atol=1e-9)
    assert model.contributions(history([], []), items).shape == (3, 0)


def test_scores_of_many_histories_are_the_scores_of_each(model):
    many = [history([], []), history([1, 5, 8], [5, 2, 4]), history([2], [0.5])]
    many += [history(range(N_ITEMS), [5, 3, 1, 4] * (N_ITEMS // 4), two_camps().events)]
    expected = np.stack([model.score(one) for one in many])
    assert np.allclose(model.score_many(many), expected, rtol=1e-6, atol=1e-6)
    assert model.score_many([]).shape == (0, N_ITEMS)


def test_the_order_of_equal_timestamps_does_not_break_the_account(model):
    some = replace(history([6, 2, 4], [4, 4, 4]), timestamps=np.zeros(3, dtype=np.int64))
    assert_account_is_exact(model.explain(some, 0), model.score(some)[0])


def test_items_that_are_not_there_are_refused(model):
    with pytest.raises(UnknownItemError):
        model.score(history([N_ITEMS], [4]))
    with pytest.raises(UnknownItemError):
        model.explain(history([0], [4]), N_ITEMS)
    with pytest.raises(UnknownItemError):
        model.explain(history([0], [4]), -1)


def skip_unless_servable(model):
    if not model.is_servable:
        pytest.skip(f"{model.name} is for comparison only and is never stored")


def test_a_stored_model_scores_explains_and_predicts_as_before(model, tmp_path):
    skip_unless_servable(model)
    some = history([1, 5, 8], [5, 2, 4])
    artefacts.save(model, tmp_path / "stored")
    loaded = artefacts.load(tmp_path / "stored")
    assert recipe_of(loaded) == recipe_of(model)
    assert loaded.training_ == model.training_
    assert np.array_equal(loaded.score(some), model.score(some))
    assert loaded.explain(some, 3).total == model.explain(some, 3).total
    if isinstance(model, StarPredictor):
        assert np.array_equal(loaded.predict(some, [3]), model.predict(some, [3]))


def test_no_learned_array_has_a_row_for_each_person(model):
    skip_unless_servable(model)
    people = 61  # a length that nothing else in this world has
    learned = build_model(recipe_of(model)).fit(two_camps(n_users=people)).arrays()
    for name, values in learned.items():
        assert people not in values.shape, name


def test_a_recipe_survives_json_and_rebuilds_the_model(model):
    assert recipe_of(build_model(recipe_of(model))) == recipe_of(model)


def test_similar_items_leave_the_item_itself_out(model):
    try:
        similar = model.similar(4, 5)
    except UnsupportedError:
        pytest.skip(f"{model.name} knows no similar items")
    assert len(similar) <= 5
    assert 4 not in similar


@pytest.mark.parametrize("name", STAR_MODELS)
def test_stars_of_many_are_those_of_each(name):
    model = fitted(name)
    views = Events(
        item_indices=np.array([4, 9]),
        codes=np.array([0, 1], dtype=np.int8),
        timestamps=np.arange(2),
    )
    some = [history([0, 3, 7], [5, 4, 1]), history([], []), history([2], [3.5], views)]
    some += [history(range(start, N_ITEMS), [4.0] * (N_ITEMS - start)) for start in range(40)]
    wanted = [np.arange(start % 3, N_ITEMS) for start in range(len(some))]
    together = model.predict_many(some, wanted)
    for stars, each, items in zip(together, some, wanted, strict=True):
        assert np.allclose(stars, model.predict(each, items), atol=1e-6)
