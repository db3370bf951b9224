"""A world before and after a few people did something, and what a fit of it left."""

from dataclasses import dataclass

import numpy as np

from recommendations.engine.increments.state import StateWriter, TrainerState
from recommendations.engine.increments.update import Changes
from recommendations.engine.interactions import Interactions, UserEvents
from recommendations.engine.items import ItemContent, ItemIndex
from recommendations.engine.models.als import Als
from recommendations.engine.models.hybrid import Hybrid
from recommendations.engine.models.stars import Stars
from recommendations.engine.recording import recording

GENRES = ("Action", "Drama", "Comedy")


@dataclass
class Rows:
    """Ratings as rows, so that they can be changed as people change them."""

    users: list
    items: list
    stars: list
    times: list

    @classmethod
    def random(cls, *, n_users=90, n_items=40, seed=5):
        rng = np.random.default_rng(seed)
        rows = cls([], [], [], [])
        for user in range(n_users):
            weights = 1.0 / (1 + np.arange(n_items - 2)) ** 0.5
            weights[np.arange(n_items - 2) % 3 == user % 3] *= 4
            size = int(rng.integers(4, 18))
            rated = rng.choice(n_items - 2, size=size, replace=False, p=weights / weights.sum())
            for place, item in enumerate(rated):
                liking = 4.0 if item % 3 == user % 3 else 2.5
                rows.add(
                    100 + user,
                    item,
                    liking + rng.choice([-0.5, 0, 0.5, 1]),
                    9_000 + 100_000 * (place // 3) + user,
                )
        return rows

    def add(self, user, item, stars, time):
        self.users.append(user)
        self.items.append(10 * int(item) + 5)
        self.stars.append(float(stars))
        self.times.append(int(time))

    def drop_where(self, is_dropped):
        kept = [place for place in range(len(self.users)) if not is_dropped(place)]
        for name in ("users", "items", "stars", "times"):
            values = getattr(self, name)
            setattr(self, name, [values[place] for place in kept])

    def interactions(self, *, n_items=40, only=None, events=True):
        chosen = [place for place, user in enumerate(self.users) if only is None or user in only]
        watched = [user for user in (101, 104, 107, 140) if only is None or user in only]
        return Interactions.from_arrays(
            user_ids=[self.users[place] for place in chosen],
            item_ids=[self.items[place] for place in chosen],
            stars=[self.stars[place] for place in chosen],
            timestamps=[self.times[place] for place in chosen],
            catalogue=ItemIndex.of(10 * np.arange(n_items) + 5),
            content=content_of(range(n_items)),
            events=UserEvents(
                user_ids=watched,
                item_ids=[10 * (user % 7) + 5 for user in watched],
                kinds=["watchlisted"] * len(watched),
                timestamps=[50_000] * len(watched),
            )
            if events and watched
            else None,
            groups={user: ("gender:F" if user % 2 else "gender:M",) for user in set(self.users)},
        )


def quick_hybrid() -> Hybrid:
    """Return a hybrid whose factor models are small."""
    return Hybrid(als=Als(factors=8, iterations=4), stars=Stars(factors=(4, 3), iterations=4))


def content_of(items):
    """Describe items by two of three genres, a director and a plot."""
    return ItemContent(
        genres=[(GENRES[item % 3], GENRES[item % 2]) for item in items],
        directors=[(f"Director {item % 5}",) for item in items],
        cast=[(f"Star {item % 3}",) for item in items],
        overviews=[f"story about {GENRES[item % 3]}" for item in items],
        years=[1990 + item % 20 for item in items],
        titles=[f"film number {item}" for item in items],
    )


def fit_with_state(model, interactions, directory):
    """Return the fitted model and what its fit left."""
    writer = StateWriter(directory)
    with recording(writer.keep):
        model.fit(interactions)
    writer.finish(artefact_sha256="0" * 64, interactions=interactions)
    return model, TrainerState.load(directory)


def changed_rows(rows, *, n_items=40):
    """Return the ratings after some people rated, changed their minds, took back and left."""
    later = Rows(list(rows.users), list(rows.items), list(rows.stars), list(rows.times))
    later.drop_where(lambda place: later.users[place] == 110)
    later.drop_where(lambda place: later.users[place] == 104 and place % 2)
    for user, item in ((101, 0), (120, 1), (120, n_items - 3), (121, n_items - 3)):
        later.drop_where(
            lambda place, user=user, item=item: (
                (later.users[place], later.items[place]) == (user, 10 * item + 5)
            )
        )
        later.add(user, item, 5.0, 2_000_000)
    for place, item in enumerate((2, 5, 7, 11)):
        later.add(500, item, 4.5, 2_000_000 + place)
    return later, {101, 104, 110, 120, 121, 500}


def changes_to(later, changed, *, n_items=40, n_known=40):
    """Return the changes as the site would give them to an increment."""
    return Changes(
        people=later.interactions(n_items=n_items, only=changed),
        changed=np.array(sorted(changed)),
        new_content=content_of(range(n_known, n_items)),
    )
