"""What each step from scores to a list costs at the size of the largest MovieLens set.

`python -m benchmarks.ranking [--items 87000]` prints processor milliseconds on one thread, and the
ratio to a plain product of a (n_items, 64) float32 matrix with a vector, taken in the same run.
"""

import argparse
import sys
import time

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
from recommendations.engine.ranking.plan import SITE_PLAN, Knowledge, ListPlan, Taste, make_list
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


def steps(n_items, rng):
    """Return every step by name as a function without arguments."""
    scores, history, features = make_world(n_items, rng)
    seen = Rule(why="seen", removed=history.item_indices)
    allowed = apply_rules(n_items, [seen])
    head = top_k(scores, RERANKED, candidates=allowed)
    known = features.membership(head)
    wanted = genre_mix(history, features.membership(history.entry_items))
    counts = np.exp(features.popularity)
    posterior = fold_in_posterior(history, features.taste_vectors)
    usual = UsualScores(means=np.zeros(n_items), deviations=np.ones(n_items))
    knowledge = Knowledge(
        features=features,
        usual=usual,
        taste=Taste(posterior=posterior, item_vectors=features.taste_vectors),
    )
    people = standardise_people(rng.standard_normal((4, n_items)))

    def vary(k, taste_share):
        likeness = features.likeness(head, taste_share=taste_share)
        return diversify(head, scores=scores[head], likeness=likeness, k=k, diversity=0.3)

    def listed(plan):
        return make_list(
            scores, k=100, plan=plan, history=history, rules=[seen], knowledge=knowledge, seed=1
        )

    options = {"scores": scores[head], "membership": known}
    return {
        "filter: seen and years": lambda: apply_rules(
            n_items, [seen, keep_years(features.years, first=1980)]
        ),
        "best 500": lambda: top_k(scores, RERANKED, candidates=allowed),
        "boost: popularity": lambda: popularity_boost(counts, popularity=-0.5),
        "boost: period": lambda: period_boost(features.years, newness=0.5),
        "boost: decade": lambda: decade_boost(features.years, decade=1970, strength=1.0),
        "what stands out": lambda: usual.stand_out(scores),
        "variety, 30 places, terms": lambda: vary(30, 0.0),
        "variety, 100 places, factors": lambda: vary(100, 1.0),
        "calibration, 30 places": lambda: calibrate(
            head, **options, wanted=wanted, k=30, calibration=0.3
        ),
        "fold-in posterior": lambda: fold_in_posterior(history, features.taste_vectors),
        "exploration, 2 of 500": lambda: explore(
            head,
            posterior=posterior,
            item_vectors=features.taste_vectors[head],
            n_items=2,
            rng=np.random.default_rng(1),
        ),
        "first list, 30 places": lambda: spread_out(
            head, **options, years=features.years[head], k=30
        ),
        "group of 4, average": lambda: aggregate(
            people, allowed=allowed, k=30, aggregation="average"
        ),
        "group of 4, fair turns": lambda: aggregate(
            people, allowed=allowed, k=30, aggregation="fair turns"
        ),
        "whole list, by score": lambda: listed(ListPlan()),
        "whole list, the site's": lambda: listed(SITE_PLAN),
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
