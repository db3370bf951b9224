"""What each step from scores to a list costs at the size of the largest MovieLens set.

`python -m benchmarks.ranking [--items 87000]` prints processor milliseconds on one thread, and the
ratio to a plain product of a (n_items, 64) float32 matrix with a vector, taken in the same run.
"""

import argparse
import sys
import time
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy import sparse

from recommendations.engine.history import History
from recommendations.engine.ranking.boosts import decade_boost, period_boost, popularity_boost
from recommendations.engine.ranking.calibration import calibrate, genre_mix
from recommendations.engine.ranking.cold_start import spread_out
from recommendations.engine.ranking.diversity import diversify
from recommendations.engine.ranking.exploration import explore, fold_in_posterior
from recommendations.engine.ranking.features import ItemFeatures
from recommendations.engine.ranking.filters import Rule, apply_rules, keep_years
from recommendations.engine.ranking.group_lists import aggregate, standardise_people
from recommendations.engine.ranking.knowledge import Knowledge, Taste
from recommendations.engine.ranking.lists import make_list
from recommendations.engine.ranking.plan import SITE_PLAN, ListPlan
from recommendations.engine.ranking.scored import Scored
from recommendations.engine.ranking.standouts import UsualScores
from recommendations.engine.ranking.top import top_k
from recommendations.engine.threads import blas_threads

FACTORS = 64
GENRES = 20
TERMS_AN_ITEM = 30
RERANKED = 500
REPEATS = 30


def make_world(n_items, rng):
    """Return scores, a history and all that is known of random items."""
    terms = sparse.random_array(
        (n_items, 50_000), density=TERMS_AN_ITEM / 50_000, format="csr", dtype=np.float32, rng=rng
    )
    genres = np.repeat(np.arange(n_items), 2), rng.integers(GENRES, size=2 * n_items)
    shares = np.full(2 * n_items, 0.5, dtype=np.float32)
    features = ItemFeatures(
        genres=sparse.csr_array((shares, genres), shape=(n_items, GENRES)),
        years=rng.integers(1920, 2024, size=n_items),
        popularity=rng.standard_normal(n_items),
        terms=terms,
        taste_vectors=rng.standard_normal((n_items, FACTORS), dtype=np.float32),
    )
    history = History(
        item_indices=rng.choice(n_items, size=200, replace=False),
        values=rng.integers(1, 6, size=200).astype(np.float32),
        timestamps=np.arange(200),
    )
    return rng.standard_normal(n_items) ** 3, history, features


@dataclass(frozen=True, kw_only=True, eq=False)
class World:
    """One person's scores of all items, and what re-ranking knows of the best of them."""

    scores: np.ndarray
    history: History
    features: ItemFeatures
    seen: Rule
    allowed: np.ndarray
    head: np.ndarray
    known: np.ndarray
    posterior: tuple

    @classmethod
    def of(cls, n_items, rng):
        """Draw scores, history and features, and take the best unseen items."""
        scores, history, features = make_world(n_items, rng)
        seen = Rule(why="seen", removed=history.item_indices)
        allowed = apply_rules(n_items, [seen])
        head = top_k(scores, RERANKED, candidates=allowed)
        return cls(
            scores=scores,
            history=history,
            features=features,
            seen=seen,
            allowed=allowed,
            head=head,
            known=features.membership(head),
            posterior=fold_in_posterior(history, features.taste_vectors),
        )

    @property
    def n_items(self):
        """Return the number of items."""
        return len(self.scores)

    @property
    def usual(self):
        """Return scores that everybody gets."""
        return UsualScores(means=np.zeros(self.n_items), deviations=np.ones(self.n_items))


def steps(n_items, rng):
    """Return every step by name as a function without arguments."""
    world = World.of(n_items, rng)
    return {
        **steps_on_all(world),
        **steps_on_the_best(world),
        **steps_for_groups(world, rng),
        **whole_lists(world),
    }


def steps_on_all(world):
    """Return filters, boosts and what else goes over all items."""
    years, counts = world.features.years, np.exp(world.features.popularity)
    rules = [world.seen, keep_years(years, first=1980)]
    vectors, usual = world.features.taste_vectors, world.usual
    every = np.arange(world.n_items)
    return {
        "filter: seen and years": lambda: apply_rules(world.n_items, rules),
        "best 500": lambda: top_k(world.scores, RERANKED, candidates=world.allowed),
        "boost: popularity": lambda: popularity_boost(counts, popularity=-0.5),
        "boost: period": lambda: period_boost(years, newness=0.5),
        "boost: decade": lambda: decade_boost(years, decade=1970, strength=1.0),
        "what stands out": lambda: usual.stand_out(
            world.scores, every, deviation=float(world.scores.std())
        ),
        "fold-in posterior": lambda: fold_in_posterior(world.history, vectors),
    }


def steps_on_the_best(world):
    """Return what re-ranks the best 500."""
    head, features, rated = world.head, world.features, world.history.entry_items
    options = {"scores": world.scores[head], "membership": world.known}
    wanted = genre_mix(world.history, features.membership(rated))

    def vary(k, taste_share):
        likeness = features.likeness(head, taste_share=taste_share)
        return diversify(head, scores=options["scores"], likeness=likeness, k=k, diversity=0.3)

    return {
        "variety, 30 places, terms": lambda: vary(30, 0.0),
        "variety, 100 places, factors": lambda: vary(100, 1.0),
        "calibration, 30 places": lambda: calibrate(
            head, **options, wanted=wanted, k=30, calibration=0.3
        ),
        "exploration, 2 of 500": lambda: explore(
            head,
            posterior=world.posterior,
            item_vectors=features.taste_vectors[head],
            n_items=2,
            rng=np.random.default_rng(1),
        ),
        "first list, 30 places": lambda: spread_out(
            head, **options, years=features.years[head], k=30
        ),
    }


def steps_for_groups(world, rng):
    """Return lists for four people together."""
    people = standardise_people(rng.standard_normal((4, world.n_items)))
    return {
        f"group of 4, {way}": partial(
            aggregate, people, allowed=world.allowed, k=30, aggregation=way
        )
        for way in ("average", "fair turns")
    }


def whole_lists(world):
    """Return lists of 100 from scores to places."""
    knowledge = Knowledge(
        features=world.features,
        usual=world.usual,
        taste=lambda: Taste(posterior=world.posterior, item_vectors=world.features.taste_vectors),
    )
    plans = {"whole list, by score": ListPlan(), "whole list, the site's": SITE_PLAN}
    options = {"history": world.history, "rules": [world.seen], "knowledge": knowledge}
    return {
        name: partial(make_list, Scored.of_all(world.scores), k=100, plan=plan, seed=1, **options)
        for name, plan in plans.items()
    }


def milliseconds(step):
    """Return the median processor time of one call."""
    step()
    times = []
    for _ in range(REPEATS):
        start = time.process_time()
        step()
        times.append(time.process_time() - start)
    return 1000 * float(np.median(times))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=87_000)
    n_items = parser.parse_args().items
    rng = np.random.default_rng(7)
    with blas_threads(1):
        vectors = rng.standard_normal((n_items, FACTORS), dtype=np.float32)
        product = milliseconds(lambda: vectors @ vectors[0])
        sys.stdout.write(f"{'product with a vector':32}{product:8.2f} ms\n")
        for name, step in steps(n_items, rng).items():
            cost = milliseconds(step)
            sys.stdout.write(f"{name:32}{cost:8.2f} ms  × {cost / product:.2f}\n")


if __name__ == "__main__":
    main()
