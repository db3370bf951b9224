import numpy as np
import pytest

from recommendations.engine.items import ItemContent
from recommendations.engine.models.terms import (
    SOURCES,
    TermSpace,
    Vocabulary,
    build_terms,
    unit_rows,
)


def learn(n_items, **fields):
    content = ItemContent(**{SOURCES.get(name, name): values for name, values in fields.items()})
    return TermSpace.learn(content, n_items=n_items, fields=fields)


def words_of(space):
    return [space.vocabulary.term(number) for number in range(len(space.vocabulary))]


def test_rows_are_tf_idf_of_unit_length():
    space, rows = learn(4, genres=[["Noir", "Drama"], ["Drama"], ["Drama"], ["Noir"]])
    assert words_of(space) == ["genres:drama", "genres:noir"]
    drama, noir = np.log(4 / 3) + 1, np.log(4 / 2) + 1
    norm = np.hypot(drama, noir)
    assert rows.toarray()[0] == pytest.approx([drama / norm, noir / norm])
    assert rows.toarray()[1] == pytest.approx([1, 0])


def test_a_tag_given_twice_counts_by_its_logarithm():
    _, rows = learn(2, tags=[["slow", "slow", "grim"], ["slow", "grim"]])
    grim, slow = rows.toarray()[0]
    assert slow / grim == pytest.approx(1 + np.log(2))


def test_a_term_of_one_item_only_is_left_out():
    space, rows = learn(3, genres=[["Drama", "Mime"], ["Drama"], []])
    assert words_of(space) == ["genres:drama"]
    assert rows.toarray().tolist() == [[1], [1], [0]]


def test_fields_count_by_their_weight():
    space, rows = learn(
        4, genres=[["a"], ["a"], ["b"], ["b"]], directors=[["x"], ["y"], ["x"], ["y"]]
    )
    weighted = rows.toarray() * space.roots({"genres": 3.0, "directors": 1.0})
    assert (weighted @ weighted.T)[0].tolist() == pytest.approx([4, 3, 1, 0])


def test_terms_are_built_with_unit_rows_over_all_fields():
    content = ItemContent(genres=[["a"], ["a"], []], directors=[["x"], ["x"], []])
    rows, words = build_terms(
        content, n_items=3, field_weights={"genres": 3.0, "directors": 1.0, "cast": 0.0}
    )
    assert words == ["directors:x", "genres:a"]
    assert rows.toarray()[0] == pytest.approx([0.5, np.sqrt(0.75)])
    assert not rows.toarray()[2].any()


def test_a_field_without_weight_counts_for_nothing():
    space, _ = learn(2, genres=[["a"], ["a"]], languages=["en", "en"])
    assert space.roots({"genres": 4.0}).tolist() == [2, 0]


def test_years_close_by_are_alike_across_a_border():
    _, rows = learn(4, years=[1999, 2000, 1975, 0])
    cosines = (rows @ rows.T).toarray()
    assert cosines[0, 1] > 0
    assert cosines[0, 2] == 0
    assert not cosines[3].any()


def test_eras_tell_years_apart_that_share_a_bin():
    space, rows = learn(4, eras=[1992, 1993, 1995, 1992])
    cosines = (rows @ rows.T).toarray()
    assert cosines[0, 3] == pytest.approx(1)
    assert cosines[0, 1] > cosines[0, 2] > 0
    assert "eras:from 1992" in words_of(space)


def test_titles_share_words_and_not_years():
    space, _ = learn(20, titles=["Alien (1979)", "Aliens, Alien (1979)", *[""] * 18])
    assert words_of(space) == ["titles:alien"]


def test_certificate_and_language_are_single_terms_and_may_be_missing():
    space, rows = learn(3, certifications=["PG-13", " pg-13", ""], languages=["en", "", "en"])
    assert words_of(space) == ["certifications:pg-13", "languages:en"]
    assert (rows.toarray() > 0).tolist() == [[True, True], [True, False], [False, True]]


def test_other_items_get_the_rows_they_would_have_had():
    fields = {"genres": [["Noir", "Drama"], ["Drama"], ["Noir"]], "tags": [["x"], ["x", "x"], []]}
    space, rows = learn(3, **fields)
    again = space.rows(ItemContent(**fields), n_items=3, fields=fields)
    assert again.toarray().tolist() == rows.toarray().tolist()


def test_terms_never_seen_and_empty_content_give_empty_rows():
    space, _ = learn(2, genres=[["Noir"], ["Noir"]])
    new = ItemContent(genres=[["Mime"], []])
    assert not space.rows(new, n_items=2, fields=["genres"]).toarray().any()
    assert space.rows(ItemContent(), n_items=2, fields=["genres"]).shape == (2, 1)


def test_nothing_known_gives_rows_without_terms():
    space, rows = TermSpace.learn(None, n_items=3, fields=["genres"])
    assert (len(space.vocabulary), rows.shape) == (0, (3, 0))


def test_terms_survive_as_bytes_and_are_found():
    terms = ["cast:amélie", "genres:a", "genres:b", "tags:七人の侍"]
    vocabulary = Vocabulary.of(terms)
    assert [vocabulary.term(number) for number in range(4)] == terms
    assert [vocabulary.find(term) for term in (*terms, "genres:c", "", "z")] == [
        *range(4),
        -1,
        -1,
        -1,
    ]
    assert vocabulary.span("genres") == slice(1, 3)
    assert vocabulary.span("writers") == slice(4, 4)


def test_an_empty_row_stays_empty():
    _, rows = learn(3, genres=[["a"], ["a"], []])
    assert np.linalg.norm(unit_rows(rows * 5).toarray(), axis=1).tolist() == [1, 1, 0]
