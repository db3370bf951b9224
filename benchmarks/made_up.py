"""Ratings in the shape of MovieLens, of any size, for measuring what no small set can show."""

import numpy as np

from recommendations.engine.interactions import Interactions
from recommendations.engine.items import ItemContent, ItemIndex

GENRES = 18
FACTORS = 12
FEWEST_RATINGS = 20
DAY = 86_400
TEN_YEARS = 3_650


def make_ratings(*, n_users: int, n_items: int, n_ratings: int, seed: int = 7) -> Interactions:
    """Return people who rated about so many movies in all; everything is drawn from the seed.

    How often a movie is rated falls as 1 / (place + 30), how much a person rates is log-normal
    above 20, stars come from tastes in twelve dimensions, times run through ten years.
    """
    rng = np.random.default_rng(seed)
    popularity = 1.0 / (np.arange(n_items) + 30.0)
    lengths = np.exp(rng.normal(0.0, 1.0, size=n_users))
    spare = max(n_ratings - FEWEST_RATINGS * n_users, 0)
    lengths = (FEWEST_RATINGS + lengths / lengths.sum() * spare).astype(np.int64)
    lengths = np.minimum(lengths, n_items // 3)
    logs = np.log(popularity)
    # The best of logs plus Gumbel noise is a draw without repetition, by these odds.
    items = [
        np.argpartition(-(logs + rng.gumbel(size=n_items)), length)[:length] for length in lengths
    ]
    users = np.repeat(np.arange(n_users), lengths)
    rated = np.concatenate(items)
    tastes, traits = (rng.normal(size=(count, FACTORS)) for count in (n_users, n_items))
    likings = (tastes[users] * traits[rated]).sum(axis=1) / np.sqrt(FACTORS)
    noise = rng.normal(scale=0.8, size=len(rated))
    stars = np.clip(np.round(2 * (3.6 + 0.6 * likings + noise)) / 2, 0.5, 5.0)
    starts = rng.integers(0, TEN_YEARS * DAY, size=n_users)
    genres = draw_genres(n_items, rng)
    catalogue = ItemIndex.of(np.arange(1, n_items + 1))
    return Interactions.from_arrays(
        user_ids=users + 1,
        item_ids=rated + 1,
        stars=stars,
        timestamps=1_000_000_000 + starts[users] + rng.integers(0, DAY, size=len(rated)),
        catalogue=catalogue,
        content=content_of(genres, rng),
    )


def draw_genres(n_items: int, rng: np.random.Generator) -> list[tuple[str, ...]]:
    """Return one to three genres for each movie."""
    return [
        tuple(
            f"Genre {genre}" for genre in rng.choice(GENRES, size=rng.integers(1, 4), replace=False)
        )
        for _ in range(n_items)
    ]


def content_of(genres: list[tuple[str, ...]], rng: np.random.Generator) -> ItemContent:
    """Describe movies by their genres, made-up people and a year."""
    n_items = len(genres)
    people = rng.integers(0, n_items, size=(n_items, 4))
    return ItemContent(
        genres=genres,
        directors=[(f"Person {row[0]}",) for row in people],
        cast=[tuple(f"Person {each}" for each in row[1:]) for row in people],
        years=rng.integers(1930, 2024, size=n_items).tolist(),
    )
