import pytest

from benchmarks.freshness import in_turn


def test_actors_act_in_turn_and_at_their_time():
    acted = []

    in_turn([lambda due, who=who: acted.append((due, who)) for who in "ab"], rate=1000, count=3)

    (first, _), *others = acted = sorted(acted)
    assert [who for _, who in acted] == ["a", "b", "a"]
    assert [due - first for due, _ in others] == pytest.approx([0.001, 0.002])


def test_an_error_of_any_kind_ends_the_measurement():
    def fail(due: float) -> None:
        raise KeyError("the list")

    with pytest.raises(RuntimeError, match="1 of 2 gave up: KeyError"):
        in_turn([fail, lambda due: None], rate=1000, count=2)
