"""Quality by what people are like: how much they rated, and the groups they gave."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from recommendations.engine.arrays import IndexArray
from recommendations.engine.evaluation.intervals import Figure
from recommendations.engine.evaluation.judge import Judgement, pool

FIRST_LENGTHS = (0, 1, 5, 10, 30, 100, 300)
LEAST_PEOPLE = 20
Part = dict[str, dict[str, Figure]]


def bucket_of(lengths: IndexArray) -> IndexArray:
    """Return the bucket of each history by its number of ratings, 0 for none."""
    return np.searchsorted(FIRST_LENGTHS, lengths, side="right").astype(np.int64) - 1


def bucket_name(bucket: int) -> str:
    """Return the lengths of a bucket in words: "0", "1–4", "300+"."""
    first = FIRST_LENGTHS[bucket]
    if bucket == len(FIRST_LENGTHS) - 1:
        return f"{first}+"
    last = FIRST_LENGTHS[bucket + 1] - 1
    return str(first) if first == last else f"{first}–{last}"


def by_length(judgements: Sequence[Judgement], *, seed: int) -> Part:
    """Return the figures of each bucket of history lengths with enough people in it."""
    buckets = [bucket_of(judgement.lengths) for judgement in judgements]
    members = {
        bucket_name(bucket): [np.flatnonzero(own == bucket) for own in buckets]
        for bucket in range(len(FIRST_LENGTHS))
    }
    return _figures(judgements, members, seed=seed)


def by_group(judgements: Sequence[Judgement], *, seed: int) -> Part:
    """Return the figures of each demographic label with enough people who gave it."""
    labels = sorted({label for part in judgements for group in part.groups for label in group})
    members = {
        label: [_rows_with(label, judgement) for judgement in judgements] for label in labels
    }
    return _figures(judgements, members, seed=seed)


def _rows_with(label: str, judgement: Judgement) -> IndexArray:
    has_label = [label in group for group in judgement.groups]
    return np.flatnonzero(np.array(has_label, dtype=np.bool_))


def _figures(
    judgements: Sequence[Judgement], members: Mapping[str, Sequence[IndexArray]], *, seed: int
) -> Part:
    parts = {}
    for name, positions in members.items():
        pooled = pool([part.take(own) for part, own in zip(judgements, positions, strict=True)])
        if len(pooled.user_ids) >= LEAST_PEOPLE:
            parts[name] = pooled.figures(seed=seed)
    return parts


def people_by_length(judgement: Judgement) -> dict[str, int]:
    """Return how many people fall into each bucket of history lengths."""
    counts = np.bincount(bucket_of(judgement.lengths), minlength=len(FIRST_LENGTHS))
    return {bucket_name(bucket): int(count) for bucket, count in enumerate(counts)}


def people_by_group(judgement: Judgement) -> dict[str, int]:
    """Return how many people gave each label, the most given first."""
    counts = Counter(label for group in judgement.groups for label in group)
    return dict(counts.most_common())
