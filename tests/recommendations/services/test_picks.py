import pytest

from recommendations.services.picks import (
    ACCLAIMED,
    GUESS,
    BecauseList,
    Pick,
    PickMove,
    PickReason,
    Picks,
)

PICKS = Picks(
    movie_ids=[5, 6, 7, 8],
    scores=[3.0, 1.0, 2.5, 2.0],
    predicted=[4.5, None, 4.0, 3.5],
    cited=[[1, 2], None, [], []],
    from_places=[1, 9, 2, 4],
    whys=["", "exploration", "", "variety"],
)


def test_columns_are_read_as_picks():
    assert list(PICKS) == [
        Pick(5, 3.0, 4.5, PickReason("rated", (1, 2))),
        Pick(6, 1.0, None, GUESS, PickMove(9, 2, "exploration")),
        Pick(7, 2.5, 4.0, ACCLAIMED, PickMove(2, 3, "made room")),
        Pick(8, 2.0, 3.5, ACCLAIMED),
    ]


def test_picks_are_counted_and_taken_as_in_a_list():
    everything = list(PICKS)

    assert len(PICKS) == 4
    assert (PICKS[0], PICKS[-1]) == (everything[0], everything[-1])
    assert list(PICKS[1:3]) == everything[1:3]
    with pytest.raises(IndexError):
        PICKS[4]


def test_columns_of_several_lengths_are_no_picks():
    with pytest.raises(ValueError, match="one length"):
        Picks(movie_ids=[1])
    with pytest.raises(ValueError, match="one length"):
        BecauseList(1, [2], [0.5], [])


def test_what_is_close_says_to_what():
    because = BecauseList(3, [5, 6], [0.9, 0.8], [4.0, 3.0])

    assert list(because.picks) == [
        Pick(5, 0.9, 4.0, PickReason("close", (3,))),
        Pick(6, 0.8, 3.0, PickReason("close", (3,))),
    ]
