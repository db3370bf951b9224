"""Compare simulated ratings with MovieLens 1M: the shapes of their distributions.

Made up are as many people, movies and ratings as MovieLens 1M has, from seed 1.
"""

import sys
import zipfile

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import svds

from benchmarks.movielens import data_directory
from benchmarks.scale.simulated import interactions_of
from movies.simulation import Plan
from recommendations.engine.interactions import Interactions

QUANTILES = (1, 10, 25, 50, 75, 90, 99, 100)
GAP_QUANTILES = (25, 50, 75, 90, 95, 99, 99.9)
FACTORS = 10
HALF_AN_HOUR = 1_800
FEW = 20
LIKE_1M = Plan(users=6_040, movies=3_883, ratings=1_000_209, seed=1)


def describe(interactions: Interactions) -> dict[str, str]:
    """Return each figure of the table by its name."""
    stars = interactions.user_items
    people = np.diff(stars.indptr)
    films = np.bincount(stars.indices, minlength=interactions.n_items)
    rated = films[films > 0]
    gaps, longest = _gaps(interactions)
    shares = np.bincount(np.ceil(stars.data).astype(int), minlength=6)[1:] / stars.nnz
    own_means = np.asarray(stars.sum(axis=1)).ravel() / people
    film_means = np.asarray(stars.sum(axis=0)).ravel()[films > 0] / rated
    return {
        f"ratings a person, {_names(QUANTILES)}": _many(np.percentile(people, QUANTILES)),
        f"ratings a movie rated, {_names(QUANTILES)}": _many(np.percentile(rated, QUANTILES)),
        "Gini of people, of movies": f"{gini(people):.2f}, {gini(rated):.2f}",
        "share of the tenth of movies rated most": f"{_top_share(rated):.2f}",
        "1, 2, 3, 4, 5 stars (halves rounded up)": ", ".join(f"{each:.3f}" for each in shares),
        "deviation of stars, of people's means, of movies' means": ", ".join(
            f"{each:.2f}"
            for each in (stars.data.std(), own_means.std(), film_means[rated > FEW].std())
        ),
        f"seconds between two ratings, {_names(GAP_QUANTILES)}": _many(
            np.percentile(gaps, GAP_QUANTILES)
        ),
        "in the same second; after more than half an hour": (
            f"{(gaps == 0).mean():.2f}; {(gaps > HALF_AN_HOUR).mean():.3f}"
        ),
        "days from first to last rating, 50 75 90 %": _many(
            np.percentile(longest / 86_400, (50, 75, 90)), digits=2
        ),
        f"variance of what is left of stars in {FACTORS} factors": _explained(_residuals(stars)),
        f"of who rated what (cosine) in {FACTORS} factors": _explained(_cosine(stars)),
    }


def gini(values: np.ndarray) -> float:
    """Return 0 where all have the same, near 1 where one has everything."""
    ordered = np.sort(values).astype(np.float64)
    places = np.arange(1, len(ordered) + 1)
    return float(2 * (places @ ordered) / (len(ordered) * ordered.sum()) - 1 - 1 / len(ordered))


def _top_share(counts: np.ndarray) -> float:
    most = np.sort(counts)[::-1]
    return float(most[: max(len(most) // 10, 1)].sum() / most.sum())


def _gaps(interactions: Interactions) -> tuple[np.ndarray, np.ndarray]:
    """Return the seconds between neighbours in time, and from first to last of each person."""
    order = np.lexsort((interactions.sequence, interactions.rating_users))
    times, users = interactions.timestamps[order], interactions.rating_users[order]
    is_same = np.diff(users) == 0
    starts = interactions.user_items.indptr[:-1]
    ends = interactions.user_items.indptr[1:] - 1
    return np.diff(times)[is_same], times[ends] - times[starts]


def _residuals(stars: sparse.csr_array) -> sparse.csr_array:
    """Return stars less the means of movie and person."""
    rest = sparse.csr_array(stars, dtype=np.float64, copy=True)
    rest.data -= rest.data.mean()
    films = np.bincount(rest.indices, rest.data, rest.shape[1])
    films /= np.bincount(rest.indices, minlength=rest.shape[1]) + 5.0
    rest.data -= films[rest.indices]
    lengths = np.diff(rest.indptr)
    own = np.asarray(rest.sum(axis=1)).ravel() / (lengths + 5.0)
    rest.data -= np.repeat(own, lengths)
    return rest


def _cosine(stars: sparse.csr_array) -> sparse.csr_array:
    """Return who rated what at unit length on both sides."""
    ones = sparse.csr_array(stars, dtype=np.float64, copy=True)
    films = np.bincount(ones.indices, minlength=ones.shape[1])
    ones.data = 1.0 / np.sqrt(films[ones.indices])
    lengths = np.diff(ones.indptr)
    ones.data /= np.sqrt(np.repeat(np.maximum(lengths, 1), lengths))
    return ones


def _explained(matrix: sparse.csr_array) -> str:
    """Return the shares of the squares in the first factors."""
    values = svds(matrix, k=FACTORS, random_state=7, return_singular_vectors=False)
    shares = np.sort(values)[::-1] ** 2 / (matrix.data @ matrix.data)
    return f"{shares[0]:.3f}, {shares[1]:.3f}, … together {shares.sum():.3f}"


def _names(quantiles: tuple[float, ...]) -> str:
    return " ".join(f"{each:g}" for each in quantiles) + " %"


def _many(values: np.ndarray, *, digits: int = 0) -> str:
    return " ".join(f"{each:,.{digits}f}" for each in values)


def movielens_1m() -> Interactions:
    """Return MovieLens 1M as it was released."""
    with zipfile.ZipFile(data_directory() / "movielens" / "ml-1m.zip") as archive:
        (name,) = [each for each in archive.namelist() if each.endswith("ratings.dat")]
        text = archive.read(name)
    rows = np.array(text.replace(b"::", b" ").split(), dtype=np.int64).reshape(-1, 4)
    users, items, stars, times = rows.T
    return Interactions.from_arrays(user_ids=users, item_ids=items, stars=stars, timestamps=times)


def main() -> None:
    """Print the table."""
    real = describe(movielens_1m())
    made = describe(interactions_of(LIKE_1M))
    sys.stdout.write("| what | MovieLens 1M | simulated |\n| --- | --- | --- |\n")
    for name, value in real.items():
        sys.stdout.write(f"| {name} | {value} | {made[name]} |\n")
