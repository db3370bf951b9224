"""Small worlds of ratings that the engine's tests are played in."""

from dataclasses import replace

import numpy as np

from recommendations.engine.events import EVENT_KINDS
from recommendations.engine.interactions import Interactions, UserEvents
from recommendations.engine.items import ItemContent, ItemIndex
from recommendations.engine.tags import GivenTags

N_ITEMS = 24
UNRATED_ITEM = N_ITEMS - 1
GENRES = ("Action", "Drama")


def camp_of(item_index):
    """Return which of the two camps an item belongs to."""
    return item_index % 2


def content_of_camps(n_items=N_ITEMS):
    """Describe every item by its camp and something of its own."""
    camps = [camp_of(item) for item in range(n_items)]
    return ItemContent(
        genres=[(GENRES[camp],) for camp in camps],
        directors=[(f"Director {camp} {item % 3}",) for item, camp in enumerate(camps)],
        cast=[(f"Star {camp}", f"Extra {item}") for item, camp in enumerate(camps)],
        tags=[(f"tag {camp}", f"tag {camp}") for camp in camps],
        keywords=[(f"keyword {item % 5}",) for item in range(n_items)],
        overviews=[
            f"A story about {GENRES[camp]} and number{item}." for item, camp in enumerate(camps)
        ],
        years=[1990 + item for item in range(n_items)],
    )


def two_camps(*, n_users=60, n_items=N_ITEMS, seed=3, with_events=True):
    """Return people who love one half of the items and dislike the other; the last is unrated.

    Outer ids are 10 × index + 5 for items and 1000 + index for users, so that a mix-up shows.
    """
    rng = np.random.default_rng(seed)
    users, items, stars, times = [], [], [], []
    for user in range(n_users):
        rated = rng.choice(n_items - 1, size=12, replace=False)
        for place, item in enumerate(rated):
            likes = camp_of(item) == user % 2
            users.append(1000 + user)
            items.append(10 * item + 5)
            stars.append(rng.choice([4.0, 4.5, 5.0]) if likes else rng.choice([1.0, 1.5, 2.0]))
            times.append(1_000_000_000 + 86_400 * user + place // 2)
    return Interactions.from_arrays(
        user_ids=users,
        item_ids=items,
        stars=stars,
        timestamps=times,
        catalogue=ItemIndex.of(10 * np.arange(n_items) + 5),
        content=content_of_camps(n_items),
        events=some_events(rng, n_users=n_users, n_items=n_items) if with_events else None,
        groups={1000 + user: (f"gender:{'FM'[user % 2]}",) for user in range(n_users)},
    )


def tagged_camps(*, n_users=120, seed=3):
    """Return the two camps, where each person tags some of the films, rated or not, at any time.

    Some tags come from a person who rated nothing. Every tag is a term of its own.
    """
    world = two_camps(n_users=n_users, seed=seed)
    rng = np.random.default_rng(seed)
    n_tags = 6 * n_users
    given = GivenTags(
        user_ids=1000 + rng.integers(n_users + 1, size=n_tags),
        item_indices=rng.integers(world.n_items, size=n_tags),
        codes=np.arange(n_tags),
        timestamps=rng.integers(world.timestamps.min(), world.timestamps.max(), size=n_tags),
        terms=[f"term {code}" for code in range(n_tags)],
    )
    return world.with_tags(given)


def some_events(rng, *, n_users, n_items, n_events=40):
    """Return random events of the people of `two_camps`."""
    return UserEvents(
        user_ids=1000 + rng.integers(n_users, size=n_events),
        item_ids=10 * rng.integers(n_items, size=n_events) + 5,
        kinds=[str(EVENT_KINDS[code]) for code in rng.integers(len(EVENT_KINDS), size=n_events)],
        timestamps=rng.integers(1_000_000_000, 1_000_100_000, size=n_events),
    )


def with_few_active(hybrid, n_items):
    """Return the hybrid with models that know of no more than so many items of their own."""
    few = {"max_items": n_items}
    return replace(
        hybrid,
        ease=replace(
            hybrid.ease,
            short=replace(hybrid.ease.short, **few),
            long=replace(hybrid.ease.long, **few),
        ),
        sequence=replace(hybrid.sequence, **few),
    )
