from dataclasses import replace
from datetime import UTC, datetime
from weakref import WeakKeyDictionary

import numpy as np
import orjson
import pytest

from movies.services.shelves import Shelves
from recommendations.engine.history import History
from recommendations.engine.models.hybrid import Hybrid
from recommendations.engine.ranking.plan import SITE_PLAN
from recommendations.services import closeness, ranking
from recommendations.services.histories import PersonHistory
from recommendations.services.listmaker import complete_lists, make_lists, rank_ahead
from recommendations.services.picks import GUESS, Freshness, Ranking
from recommendations.services.ranking import Request
from recommendations.services.reasons import reason_sentence
from tests.recommendations.engine.worlds import two_camps as rating_camps
from tests.recommendations.engine.worlds import with_few_active

NO_SHELVES = Shelves(popular=(), acclaimed=(), newest=(), pinned=(), hidden=frozenset())


@pytest.fixture(scope="module")
def model():
    return Hybrid().fit(rating_camps(n_items=60, n_users=80))


def request_of(model, *stars_of, seed=1):
    ids = [movie_id for movie_id, _ in stars_of]
    history, _ = History.from_ids(
        items=model.known_items, item_ids=ids, stars=[stars for _, stars in stars_of]
    )
    person = PersonHistory(history, dict(stars_of))
    return Request(
        person=person,
        unwanted=frozenset(),
        seed=seed,
        freshness=Freshness(1, 1, ""),
        moment=datetime(2024, 5, 1, tzinfo=UTC),
    )


def top(model, *stars_of, seed=1, shelves=NO_SHELVES):
    return make_lists(request_of(model, *stars_of, seed=seed), model=model, shelves=shelves).top


def test_a_guess_is_marked_and_says_where_it_would_stand(model):
    lists = [top(model, (5, 5.0), seed=seed) for seed in range(4)]
    guesses = [(pick, place) for picks in lists for place, pick in enumerate(picks, start=1)
               if pick.reason == GUESS]  # fmt: skip
    assert guesses
    for pick, place in guesses:
        assert place in {12, 20}
        assert pick.move.why == "exploration"
        assert pick.move.from_place > place


def test_the_same_seed_gives_the_same_list(model):
    assert top(model, (5, 5.0), seed=3) == top(model, (5, 5.0), seed=3)


def test_nobody_without_a_rating_gets_a_guess_outside_of_the_usual(model):
    assert all(pick.reason != GUESS for seed in range(5) for pick in top(model, seed=seed))


def test_a_list_without_ratings_is_varied_and_tells_so(model):
    moves = [pick.move for pick in top(model) if pick.move]
    assert moves
    assert {move.why for move in moves} <= {"variety", "made room"}


def test_every_place_that_scores_do_not_give_has_its_move(model):
    picks = top(model, (5, 5.0), (15, 1.0))
    allowed = np.ones(60, dtype=bool)
    allowed[[0, 1]] = False
    history, _ = History.from_ids(items=model.known_items, item_ids=[5, 15], stars=[5, 1])
    scores = model.score(history)
    order = sorted(np.flatnonzero(allowed), key=lambda index: (-scores[index], index))
    by_score = {int(model.known_items.ids[index]): n for n, index in enumerate(order, start=1)}
    for place, pick in enumerate(picks, start=1):
        came_from = pick.move.from_place if pick.move else place
        assert came_from == by_score[pick.movie_id]


def test_a_pinned_movie_leads_though_others_are_better(model):
    worst = top(model, (5, 5.0))[-1].movie_id
    shelves = Shelves(popular=(), acclaimed=(), newest=(), pinned=(worst,), hidden=frozenset({25}))
    picks = top(model, (5, 5.0), shelves=shelves)
    assert picks[0].movie_id == worst
    assert picks[0].move.why == "pinned"
    assert 25 not in {pick.movie_id for pick in picks}


def test_a_guess_has_a_sentence_of_its_own():
    said = reason_sentence(reason=GUESS, movie=None, movies={}, stars_of={})
    assert str(said) == "A guess outside your usual."


def test_lists_are_the_same_where_not_everything_is_scored(monkeypatch):
    monkeypatch.setattr(ranking, "TOP_LENGTH", 8)
    monkeypatch.setattr(ranking, "SITE_PLAN", replace(SITE_PLAN, reranked=12, varied=5))
    model = with_few_active(Hybrid(), 30).fit(rating_camps(n_items=90, n_users=80))
    assert model.score_near([History()], numbers=[12]) is not None
    near = top(model, (5, 5.0), (15, 1.0))
    monkeypatch.setattr(Hybrid, "score_near", lambda *_, **__: None)
    everything = top(model, (5, 5.0), (15, 1.0))
    assert [replace(pick, score=0) for pick in near] == [
        replace(pick, score=0) for pick in everything
    ]
    scores = [pick.score for pick in everything]
    assert [pick.score for pick in near] == pytest.approx(scores, abs=1e-9)


@pytest.mark.parametrize("stars_of", [(), ((5, 5.0), (15, 1.0)), ((3, 4.5),)])
def test_lists_completed_from_a_ranking_are_those_made_at_once(model, monkeypatch, stars_of):
    shelves = Shelves(popular=(7, 9), acclaimed=(30,), newest=(), pinned=(41,), hidden=frozenset())
    at_once = make_lists(request_of(model, *stars_of), model=model, shelves=shelves)
    (ranking,) = rank_ahead([request_of(model, *stars_of)], model=model, shelves=shelves)
    kept = Ranking.from_json(orjson.loads(orjson.dumps(ranking.to_json())))

    monkeypatch.setattr(Hybrid, "_speak", None)  # nothing is scored again
    monkeypatch.setattr(Hybrid, "_add_up", None)
    again = request_of(model, *stars_of)
    assert complete_lists(again, kept, model=model, shelves=shelves) == at_once


def test_what_is_close_is_never_looked_up_one_by_one(model, monkeypatch):
    rng = np.random.default_rng(2)
    people = [[(int(movie), 5.0) for movie in rng.permutation(60)[:20]] for _ in range(20)]
    requests = [request_of(model, *stars_of) for stars_of in people]

    def sources(request):
        monkeypatch.setattr(closeness, "_remembered", WeakKeyDictionary())
        because = make_lists(request, model=model, shelves=NO_SHELVES).because
        return [each.source_movie_id for each in because]

    with monkeypatch.context() as patch:
        patch.setattr("recommendations.services.listmaker.look_up", lambda *_: None)
        one_by_one = [sources(each) for each in requests]
    monkeypatch.setattr(Hybrid, "similarities", None)  # of one item: reads as much as of many
    assert [sources(each) for each in requests] == one_by_one
