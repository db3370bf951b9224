import numpy as np
import pytest

from recommendations.engine.dataset import InputFiles, load_interactions
from recommendations.engine.errors import InvalidInteractionsError
from recommendations.engine.tags import GivenTags


def given(**changes):
    columns = {
        "user_ids": np.array([7, 8, 7]),
        "item_indices": np.array([2, 0, 2]),
        "codes": np.array([1, 0, 1]),
        "timestamps": np.array([30, 20, 10]),
    }
    return GivenTags(**(columns | changes), terms=["dark", "twist"])


def test_each_item_has_its_terms_as_often_as_they_were_given():
    assert given().by_item(4) == [["dark"], [], ["twist", "twist"], []]


def test_tags_that_are_left_out_are_gone():
    assert given().take(np.array([1, 2])).by_item(3) == [["dark"], [], ["twist"]]
    assert given().take(np.zeros(0, dtype=np.int64)).by_item(2) == [[], []]


def test_arrays_of_different_length_are_refused():
    with pytest.raises(InvalidInteractionsError, match="differ in length"):
        given(codes=np.array([0]))


def test_tags_of_a_file_reach_known_movies_only(tmp_path):
    (tmp_path / "R.csv").write_text("userId,movieId,rating,timestamp\n1,5,4,1\n1,7,3,2\n")
    (tmp_path / "T.csv").write_text(
        "userId,movieId,tag,timestamp\n9,7,slow,3\n1,6,lost,3\n1,5,slow,4\n2,7,slow,5\n"
    )
    loaded = load_interactions(InputFiles(ratings=tmp_path / "R.csv", tags=tmp_path / "T.csv"))
    assert list(loaded.content.tags) == [["slow"], ["slow", "slow"]]
    assert loaded.given_tags.user_ids.tolist() == [9, 1, 2]
    # Who only tags is not among the users.
    assert loaded.user_ids.tolist() == [1]
