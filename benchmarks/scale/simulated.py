"""Simulated ratings as the engine has them, without a database."""

import numpy as np

from movies.simulation import Films, Plan, make_films, make_people, rate_films
from recommendations.engine.interactions import Interactions
from recommendations.engine.items import ItemContent, ItemIndex


def interactions_of(plan: Plan) -> Interactions:
    """Return what the site would read from its database, ids aside."""
    films = make_films(plan)
    blocks = list(rate_films(plan, films, make_people(plan)))
    half_stars = np.concatenate([block.half_stars for block in blocks])
    return Interactions.from_arrays(
        user_ids=np.concatenate([block.users for block in blocks]),
        item_ids=np.concatenate([block.items for block in blocks]),
        stars=half_stars.astype(np.float32) / 2,
        timestamps=np.concatenate([block.seconds for block in blocks]),
        catalogue=ItemIndex.of(np.arange(plan.movies)),
        content=_content(films),
    )


def _content(films: Films) -> ItemContent:
    names = films.names
    return ItemContent(
        genres=films.genres,
        directors=[(names[place],) for place in films.directors.tolist()],
        cast=[tuple(names[place] for place in own) for own in films.casts.tolist()],
        years=films.years.tolist(),
        titles=films.titles,
    )
