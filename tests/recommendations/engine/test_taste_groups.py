import numpy as np
import pytest

from recommendations.engine.interactions import Interactions
from recommendations.engine.items import ItemIndex
from recommendations.engine.taste_groups import TasteGroups
from tests.recommendations.engine.worlds import camp_of, two_camps


def vectors_of_camps(n_users, *, seed=5):
    """Return vectors of any length near the first axis for even people, the second for odd."""
    rng = np.random.default_rng(seed)
    vectors = rng.normal(scale=0.1, size=(n_users, 3))
    vectors[np.arange(n_users), np.arange(n_users) % 2] += 1.0
    return (vectors * rng.uniform(0.1, 9.0, (n_users, 1))).astype(np.float32)


@pytest.fixture
def groups():
    return TasteGroups.learn(
        vectors_of_camps(60), two_camps(n_users=60), n_groups=2, seed=1, fewest_members=20
    )


def test_people_are_grouped_by_direction_whatever_the_length(groups):
    assert groups.sizes.tolist() == [30, 30]
    found = [groups.of(vector) for vector in vectors_of_camps(60)]
    assert len(set(found[::2])) == len(set(found[1::2])) == 1
    assert found[0] != found[1]


def test_opinions_are_counts_and_means_of_the_group(groups):
    world = two_camps(n_users=60)
    own = world.user_items.toarray()[::2]
    group = groups.of(np.array([1.0, 0.0, 0.0]))
    for item in range(world.n_items - 1):
        rated = own[:, item][own[:, item] > 0]
        opinion = groups.opinion(group, item)
        assert opinion.n_people == len(rated)
        assert opinion.mean_stars == pytest.approx(rated.mean())
        assert (opinion.mean_stars > 3) == (camp_of(item) == 0)
    assert groups.opinion(group, world.n_items - 1) is None


def world_of(raters_by_item, *, n_users):
    """Return items rated by these people, all with four stars."""
    pairs = [(user, item) for item, users in enumerate(raters_by_item) for user in users]
    return Interactions.from_arrays(
        user_ids=[user for user, _ in pairs],
        item_ids=[item for _, item in pairs],
        stars=[4.0] * len(pairs),
        catalogue=ItemIndex.of(range(len(raters_by_item))),
    )


def test_fewer_than_five_raters_have_no_opinion():
    even, odd = range(0, 40, 2), range(1, 40, 2)
    world = world_of([[*even, *odd[:4]], [*even[:4], *odd[:4]], range(40)], n_users=40)
    learned = TasteGroups.learn(vectors_of_camps(40), world, n_groups=2, seed=1, fewest_members=20)
    first, second = learned.of(np.array([1.0, 0, 0])), learned.of(np.array([0, 1.0, 0]))
    assert learned.opinion(second, 0) is None
    assert learned.opinion(first, 1) is None
    assert learned.opinion(first, 2).n_people == 20


def test_what_is_hidden_cannot_be_worked_out_from_what_is_shown():
    """Four raters hide behind twenty and six; with the item's own mean they would be known."""
    vectors = np.repeat(np.eye(3, dtype=np.float32), 20, axis=0)
    raters = [*range(20), *range(20, 26), *range(40, 44)]
    world = world_of([raters, range(60)], n_users=60)
    learned = TasteGroups.learn(vectors, world, n_groups=3, seed=1, fewest_members=20)
    opinions = [learned.opinion(learned.of(axis), 0) for axis in np.eye(3)]
    assert [opinion and opinion.n_people for opinion in opinions] == [20, None, None]


def test_small_groups_are_given_up():
    vectors = np.repeat(np.eye(3, dtype=np.float32), [30, 25, 3], axis=0)
    learned = TasteGroups.learn(
        vectors, world_of([range(58)], n_users=58), n_groups=3, seed=1, fewest_members=20
    )
    assert len(learned) == 2
    assert learned.sizes.sum() == 58
    assert learned.sizes.min() >= 20


def test_too_few_people_make_no_group():
    learned = TasteGroups.learn(
        vectors_of_camps(8), two_camps(n_users=8), n_groups=4, seed=1, fewest_members=20
    )
    assert len(learned) == 0
    assert learned.of(np.ones(3)) is None


def test_people_without_a_vector_belong_nowhere(groups):
    vectors = vectors_of_camps(60)
    vectors[:10] = 0
    learned = TasteGroups.learn(
        vectors, two_camps(n_users=60), n_groups=2, seed=1, fewest_members=20
    )
    assert learned.sizes.sum() == 50
    assert groups.of(np.zeros(3)) is None


def test_the_same_people_make_the_same_bytes_and_survive_storing(groups):
    again = TasteGroups.learn(
        vectors_of_camps(60), two_camps(n_users=60), n_groups=2, seed=1, fewest_members=20
    )
    for name, values in groups.arrays().items():
        assert values.tobytes() == again.arrays()[name].tobytes()
        assert 60 not in values.shape
    restored = TasteGroups.restore(groups.arrays())
    assert restored.opinion(1, 4) is not None
    assert restored.opinion(1, 4).mean_stars == groups.opinion(1, 4).mean_stars
