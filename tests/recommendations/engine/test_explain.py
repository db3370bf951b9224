import numpy as np
import pytest

from recommendations.engine.explain import (
    account_for_place,
    people_alike,
    shared_content,
    strongest_ratings,
    sum_by_model,
)
from recommendations.engine.explanation import Explanation, Part
from recommendations.engine.history import History
from recommendations.engine.models.als import Als
from recommendations.engine.models.hybrid import Hybrid
from recommendations.engine.ranking.filters import Rule
from recommendations.engine.ranking.knowledge import knowledge_for
from recommendations.engine.ranking.lists import make_list
from recommendations.engine.ranking.plan import ListPlan
from recommendations.engine.ranking.scored import Scored
from recommendations.engine.taste_groups import TasteGroups
from tests.recommendations.engine.worlds import camp_of, two_camps

HISTORY = History(
    item_indices=np.array([4, 7, 9, 1]),
    values=np.array([5, 4, 1, 3], dtype=np.float32),
    timestamps=np.arange(4),
)


def account(*shares, constant=0.0):
    part = Part(name="ease.ratings", contributions=np.array(shares), constant=constant)
    parts = (part, Part(name="ease.centring", constant=1.0), Part(name="content", constant=0.5))
    return Explanation(
        item_index=0, score=sum(shares) + constant + 1.5, parts=parts, n_entries=len(shares)
    )


def test_ratings_for_and_against_are_named_strongest_first():
    effects = strongest_ratings(account(0.2, 0.9, -0.4, 0.0), HISTORY, limit=5)
    assert [(each.item_index, each.stars) for each in effects.supportive] == [(7, 4.0), (4, 5.0)]
    assert [(each.item_index, each.value) for each in effects.opposed] == [(9, -0.4)]


def test_no_more_are_named_than_asked_for_and_ties_keep_their_order():
    effects = strongest_ratings(account(0.5, 0.5, 0.5, 0.5), HISTORY, limit=2)
    assert [each.item_index for each in effects.supportive] == [4, 7]
    assert effects.opposed == ()


def test_nothing_rated_means_no_effects():
    effects = strongest_ratings(account(), History(), limit=3)
    assert effects.supportive == effects.opposed == ()


def test_parts_are_summed_by_model():
    assert sum_by_model(account(0.2, 0.3, constant=0.1)) == pytest.approx(
        {"ease": 1.6, "content": 0.5}
    )


def test_the_sums_of_the_models_are_the_score():
    explanation = Hybrid().fit(two_camps()).explain(HISTORY, 3)
    total = sum(sum_by_model(explanation).values())
    assert total == pytest.approx(explanation.score, abs=explanation.tolerance)


def test_a_part_knows_its_value_and_an_explanation_its_total():
    explanation = account(0.2, 0.3, constant=0.1)
    assert explanation.parts[0].value == pytest.approx(0.6)
    assert explanation.total == pytest.approx(2.1)
    assert explanation.value_of("ease") == pytest.approx(1.6)
    assert explanation.value_of("eas") == 0.0


@pytest.fixture(scope="module")
def hybrid():
    return Hybrid().fit(two_camps())


def test_a_place_is_accounted_for_from_score_to_move(hybrid):
    plan = ListPlan(diversity=0.8)
    scores = hybrid.score(HISTORY)
    ranked = make_list(
        Scored.of_all(scores),
        k=6,
        plan=plan,
        history=HISTORY,
        rules=[Rule(why="seen", removed=HISTORY.item_indices)],
        knowledge=knowledge_for(hybrid, HISTORY, plan=plan),
    )
    moved = ranked.moves[0].item_index
    account = account_for_place(hybrid.explain(HISTORY, moved), HISTORY, ranked, limit=2)
    assert account.move == ranked.moves[0]
    assert (account.place_by_score, account.place) == (
        account.move.from_place,
        account.move.to_place,
    )
    assert sum(account.by_model.values()) == pytest.approx(scores[moved])
    assert len(account.effects.supportive) <= 2


def test_an_item_that_is_not_in_the_list_has_no_place(hybrid):
    ranked = make_list(Scored.of_all(hybrid.score(HISTORY)), k=1, plan=ListPlan(), history=HISTORY)
    worst = int(np.argmin(hybrid.score(HISTORY)))
    account = account_for_place(hybrid.explain(HISTORY, worst), HISTORY, ranked, limit=2)
    assert account.place is None
    assert account.move is None


def test_supportive_ratings_name_what_is_shared(hybrid):
    effects = strongest_ratings(account(0.9, 0.0, -0.4, 0.0), HISTORY, limit=3)
    (shared,) = shared_content(hybrid.content_, 10, effects, limit=9)
    assert shared.item_index == 4
    assert ("genres", "action") in shared.terms
    assert shared_content(hybrid.content_, 10, strongest_ratings(account(), History(), limit=3),
                          limit=3) == ()  # fmt: skip


def test_people_of_a_taste_speak_together():
    world = two_camps()
    factors = Als(factors=4).fit(world)
    vectors = np.stack([factors.fold_in(world.history_of(user))[0] for user in range(60)])
    groups = TasteGroups.learn(
        vectors.astype(np.float32), world, n_groups=2, seed=1, fewest_members=10
    )
    for item in range(4):
        opinion = people_alike(groups, factors, HISTORY_OF_FIRST_CAMP, item)
        assert (opinion.mean_stars > 3) == (camp_of(item) == 0)
    assert people_alike(groups, factors, History(), 0) is None


HISTORY_OF_FIRST_CAMP = History(
    item_indices=np.array([6, 8, 10, 12]),
    values=np.full(4, 5, dtype=np.float32),
    timestamps=np.arange(4),
)
