"""Metrics beyond accuracy: what lists hold, however well they hit.

`rankings` has shape (n_people, k) and holds item indices, `NOTHING` beyond the end of a list.
Functions return shape (n_people,), NaN for people they do not apply to, unless they say so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self, cast

import numpy as np
from scipy import sparse

from recommendations.engine.arrays import BoolArray, CsrMatrix, FloatArray, IndexArray
from recommendations.engine.evaluation.rankings import NOTHING
from recommendations.engine.interactions import Interactions
from recommendations.engine.items import ItemContent
from recommendations.engine.models.terms import build_terms

HEAD_SHARE = 0.2
SMOOTHING = 0.01
_LIKENESS = {"genres": 1.0, "years": 0.5, "directors": 0.5, "cast": 0.5, "keywords": 0.5}


@dataclass(frozen=True, kw_only=True, eq=False)
class Catalogue:
    """What variety is measured by; arrays by item index.

    `counts` are training ratings, `is_tail` is true outside of the head, which is the most rated
    fifth of all items (ties by index). Rows of `genres` (n_items, n_genres) sum to 1, rows of
    `terms` are unit vectors of content, both empty where nothing is known of an item.
    """

    n_users: int
    counts: IndexArray
    is_tail: BoolArray
    genres: CsrMatrix
    terms: CsrMatrix

    @classmethod
    def of(cls, train: Interactions) -> Self:
        """Return the catalogue as the training part of a split knows it."""
        counts = np.bincount(train.user_items.indices, minlength=train.n_items)
        is_tail = np.ones(train.n_items, dtype=np.bool_)
        order = np.argsort(-counts, kind="stable")
        is_tail[order[: round(HEAD_SHARE * train.n_items)]] = False
        terms, _ = build_terms(train.content, n_items=train.n_items, field_weights=_LIKENESS)
        return cls(
            n_users=train.n_users,
            counts=counts.astype(np.int64),
            is_tail=is_tail,
            genres=genre_shares(train.content, n_items=train.n_items),
            terms=terms,
        )

    @property
    def popularity_rank(self) -> IndexArray:
        """Return the place of each item by training ratings, 1 the most rated, ties by index."""
        ranks = np.empty(len(self.counts), dtype=np.int64)
        ranks[np.argsort(-self.counts, kind="stable")] = np.arange(1, len(self.counts) + 1)
        return ranks


def genre_shares(content: ItemContent | None, *, n_items: int) -> CsrMatrix:
    """Return p(genre | item), each genre of an item alike, shape (n_items, n_genres)."""
    genres = content.genres if content is not None and len(content.genres) else [()] * n_items
    names = sorted({name for own in genres for name in own})
    column_of = {name: column for column, name in enumerate(names)}
    columns = [column_of[name] for own in genres for name in own]
    shares = [1 / len(own) for own in genres for _ in own]
    rows = np.repeat(np.arange(n_items), [len(own) for own in genres])
    matrix = sparse.coo_array((shares, (rows, columns)), shape=(n_items, len(names)))
    return cast("CsrMatrix", matrix.tocsr())


def catalogue_coverage(rankings: IndexArray, *, n_items: int) -> float:
    """Return the share of all items that are in anybody's list."""
    return len(np.unique(rankings[rankings != NOTHING])) / n_items


def gini(rankings: IndexArray, *, n_items: int) -> float:
    """Return how unequally the lists show the items: 0 all alike, near 1 a few only.

    Fleder and Hosanagar, "Blockbuster culture's next rise or fall", Management Science 55(5),
    2009. Items nobody is shown count.
    """
    shown = np.bincount(rankings[rankings != NOTHING], minlength=n_items)
    total = shown.sum()
    if not total:
        return float("nan")
    places = np.arange(1, n_items + 1)
    return float(((2 * places - n_items - 1) * np.sort(shown)).sum() / (n_items * total))


def long_tail_share(rankings: IndexArray, catalogue: Catalogue) -> FloatArray:
    """Return the share of each list that is outside of the most rated fifth of the items."""
    return _mean_over_list(rankings, catalogue.is_tail.astype(np.float64))


def novelty(rankings: IndexArray, catalogue: Catalogue) -> FloatArray:
    """Return the mean self-information −log₂ p(item rated) of each list, in bits.

    Zhou, Kuscsik, Liu, Medo, Wakeling and Zhang, "Solving the apparent diversity-accuracy dilemma
    of recommender systems", PNAS 107(10), 2010. An unrated item counts as rated once.
    """
    bits = -np.log2(np.maximum(catalogue.counts, 1) / max(1, catalogue.n_users))
    return _mean_over_list(rankings, bits)


def intra_list_diversity(rankings: IndexArray, catalogue: Catalogue) -> FloatArray:
    """Return 1 − the mean cosine of content over all pairs of a list; lists of one are NaN.

    Ziegler, McNee, Konstan and Lausen, "Improving recommendation lists through topic
    diversification", WWW 2005.
    """
    rows = _rows_of(rankings, len(catalogue.counts))
    # ‖Σ t‖² holds each pair twice and each item's own norm once: no matrix of pairs is needed.
    sums = rows @ catalogue.terms
    own: FloatArray = np.asarray(catalogue.terms.power(2).sum(axis=1), dtype=np.float64).ravel()
    lengths = (rankings != NOTHING).sum(axis=1)
    twice = np.asarray(sums.power(2).sum(axis=1)).ravel() - rows @ own
    return 1 - _over(twice, lengths * (lengths - 1))


def serendipity(
    rankings: IndexArray, hits: BoolArray, n_relevant: IndexArray, catalogue: Catalogue
) -> FloatArray:
    """Return how many hits of a list popularity would not have brought, weighted by how far.

    Zheng, Chan and Ip, "An unexpectedness-augmented utility model for making serendipitous
    recommendation", ICDM 2015: the mean over places of max(P − P₀, 0) at hits, where P and P₀ run
    from 1 for the first item down to 1/n_items by the list and by popularity.
    """
    n_items, k = len(catalogue.counts), rankings.shape[1]
    by_list = (n_items - np.arange(k)) / n_items
    by_popularity = (n_items - catalogue.popularity_rank[rankings] + 1) / n_items
    surprise = np.maximum(by_list - by_popularity, 0) * hits
    return np.where(n_relevant > 0, surprise.sum(axis=1) / k, np.nan)


def miscalibration(
    rankings: IndexArray, histories: Sequence[IndexArray], catalogue: Catalogue
) -> FloatArray:
    """Return KL(p‖q̃) of a list's genre mix to its history's: 0 is the same mix, less is better.

    Steck, "Calibrated recommendations", RecSys 2018: q̃ = .99 q + .01 p. NaN where the history
    has no genre.
    """
    wanted = _genre_mix(_indicator(histories, len(catalogue.counts)), catalogue)
    shown = _genre_mix(_rows_of(rankings, len(catalogue.counts)), catalogue)
    mixed = (1 - SMOOTHING) * shown + SMOOTHING * wanted
    ratios = np.divide(wanted, mixed, out=np.ones_like(wanted), where=wanted > 0)
    divergence = (wanted * np.log(ratios)).sum(axis=1)
    return np.where(wanted.any(axis=1), divergence, np.nan)


def mean_popularity(rankings: IndexArray, catalogue: Catalogue) -> FloatArray:
    """Return the mean number of training ratings of each list's items."""
    return _mean_over_list(rankings, catalogue.counts.astype(np.float64))


def history_popularity(histories: Sequence[IndexArray], catalogue: Catalogue) -> FloatArray:
    """Return the mean number of training ratings of each history's items, NaN if it is empty."""
    lengths = np.array([len(items) for items in histories], dtype=np.int64)
    rows = _indicator(histories, len(catalogue.counts))
    totals: FloatArray = np.asarray(rows @ catalogue.counts, dtype=np.float64)
    return _over(totals, lengths)


def _mean_over_list(rankings: IndexArray, values: FloatArray) -> FloatArray:
    is_there = rankings != NOTHING
    totals: FloatArray = np.where(is_there, values[rankings], 0.0).sum(axis=1)
    return _over(totals, is_there.sum(axis=1))


def _over(totals: FloatArray, counts: IndexArray) -> FloatArray:
    """Return the ratio, NaN where nothing is counted."""
    out: FloatArray = np.full(len(totals), np.nan)
    np.divide(totals, counts, out=out, where=counts > 0)
    return out


def _rows_of(rankings: IndexArray, n_items: int) -> CsrMatrix:
    return _indicator([row[row != NOTHING] for row in rankings], n_items)


def _indicator(items: Sequence[IndexArray], n_items: int) -> CsrMatrix:
    """Return which items each row holds, shape (n_rows, n_items), float64."""
    indptr = np.concatenate([[0], np.cumsum([len(own) for own in items])]).astype(np.int64)
    columns = np.concatenate([np.zeros(0, dtype=np.int64), *items])
    parts = (np.ones(len(columns)), columns, indptr)
    return cast("CsrMatrix", sparse.csr_array(parts, shape=(len(items), n_items)))


def _genre_mix(rows: CsrMatrix, catalogue: Catalogue) -> FloatArray:
    mix: FloatArray = np.asarray((rows @ catalogue.genres).toarray(), dtype=np.float64)
    sums = mix.sum(axis=1, keepdims=True)
    np.divide(mix, sums, out=mix, where=sums > 0)
    return mix
