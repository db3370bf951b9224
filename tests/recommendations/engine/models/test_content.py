import numpy as np
import pytest

from recommendations.engine.errors import HyperparameterError
from recommendations.engine.history import History
from recommendations.engine.interactions import Interactions
from recommendations.engine.items import ItemContent, ItemIndex
from recommendations.engine.models.content import Content
from recommendations.engine.models.terms import Vocabulary, build_terms
from tests.recommendations.engine.worlds import N_ITEMS, UNRATED_ITEM, camp_of, two_camps


@pytest.fixture(scope="module")
def model():
    return Content().fit(two_camps())


def liking(*items, stars=5.0):
    return History(
        item_indices=np.array(items),
        values=np.full(len(items), stars, dtype=np.float32),
        timestamps=np.arange(len(items)),
    )


def test_the_planted_camp_is_recovered_for_an_item_nobody_rated(model):
    same = liking(1, 3) if camp_of(UNRATED_ITEM) else liking(0, 2)
    other = liking(0, 2) if camp_of(UNRATED_ITEM) else liking(1, 3)
    assert model.score(same)[UNRATED_ITEM] > model.score(other)[UNRATED_ITEM] + 0.1


def test_a_dislike_pushes_what_is_like_it_down(model):
    scores = model.score(liking(0, 2, stars=0.5))
    own = np.mean([scores[item] for item in range(4, N_ITEMS) if camp_of(item) == 0])
    other = np.mean([scores[item] for item in range(4, N_ITEMS) if camp_of(item) == 1])
    assert own < other


def test_one_film_liked_makes_the_score_its_cosine(model):
    rows = model.terms_.toarray().astype(np.float64)
    assert np.allclose(model.score(liking(4)), rows @ rows[4], atol=1e-6)


def test_a_history_without_any_terms_scores_nothing():
    world = Interactions.from_arrays(user_ids=[1], item_ids=[1], stars=[4])
    assert Content().fit(world).score(liking(0)).tolist() == [0.0]


def terms_of(genres, **fields):
    content = ItemContent(genres=genres, **fields)
    matrix, terms = build_terms(content, n_items=len(genres), field_weights={"genres": 1.0})
    return matrix.toarray(), terms


def test_rows_are_tf_idf_of_unit_length():
    rows, terms = terms_of([["Noir", "Drama"], ["Drama"], ["Drama"], ["Noir"]])
    assert terms == ["genres:drama", "genres:noir"]
    drama, noir = np.log(4 / 3) + 1, np.log(4 / 2) + 1
    norm = np.hypot(drama, noir)
    assert rows[0] == pytest.approx([drama / norm, noir / norm])
    assert rows[1] == pytest.approx([1, 0])


def test_a_term_of_one_item_only_is_left_out():
    rows, terms = terms_of([["Drama", "Mime"], ["Drama"], []])
    assert terms == ["genres:drama"]
    assert rows.tolist() == [[1], [1], [0]]


def test_fields_count_by_their_weight():
    content = ItemContent(
        genres=[["a"], ["a"], ["b"], ["b"]], directors=[["x"], ["y"], ["x"], ["y"]]
    )
    rows, _ = build_terms(content, n_items=4, field_weights={"genres": 3.0, "directors": 1.0})
    cosines = (rows @ rows.T).toarray()
    assert cosines[0].tolist() == pytest.approx([1, 0.75, 0.25, 0])


def test_years_close_by_are_alike_across_a_border():
    content = ItemContent(years=[1999, 2000, 1975, 0])
    rows, _ = build_terms(content, n_items=4, field_weights={"years": 1.0})
    cosines = (rows @ rows.T).toarray()
    assert cosines[0, 1] > 0
    assert cosines[0, 2] == 0
    assert not cosines[3].any()


def test_what_two_films_share_is_told(model):
    shared = model.shared_terms(0, 6, limit=10)
    assert ("genres", "action") in shared
    assert ("directors", "director 0 0") in shared
    assert ("genres", "action") not in model.shared_terms(0, 1, limit=10)


def test_terms_survive_as_bytes():
    vocabulary = Vocabulary.of(["a", "Amélie", "七人の侍"])
    assert [vocabulary.term(number) for number in range(3)] == ["a", "Amélie", "七人の侍"]


def test_likeness_is_the_matrix_of_cosines(model):
    likeness = model.likeness(np.array([0, 1, 2]))
    assert np.allclose(np.diag(likeness), 1)
    assert likeness[0, 2] > likeness[0, 1]


def test_an_unknown_field_is_refused():
    world = Interactions.from_arrays(
        user_ids=[1], item_ids=[1], stars=[4], catalogue=ItemIndex.of([1])
    )
    with pytest.raises(HyperparameterError, match="field_weights"):
        Content(field_weights={"smell": 1.0}).fit(world)
