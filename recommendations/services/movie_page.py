"""What the model has to say about one movie: to one person, and about its neighbours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from movies.cards import Card, Rail, Reason
from movies.charts import (
    Effect,
    PredictionChart,
    WaterfallChart,
    WaterfallPart,
    prediction_chart,
    signed,
    waterfall_chart,
)
from movies.guests import Guest, Viewer
from movies.models import Movie
from recommendations.engine.explain import RatingEffect, people_alike, strongest_ratings
from recommendations.engine.explanation import Explanation, Part
from recommendations.engine.history import History
from recommendations.engine.items import ItemIndex
from recommendations.engine.models.hybrid import Hybrid
from recommendations.engine.taste_groups import Opinion
from recommendations.services.citations import cited_reason, find_liked
from recommendations.services.histories import PersonHistory, viewer_history
from recommendations.services.neighbours import alike_by_genre, closest_indices, find_index
from recommendations.services.personal import read_unwanted, served_model_or_none
from recommendations.services.reasons import reason_sentence

SIMILAR_LENGTH = 20
EFFECTS_SHOWN = 2
PART_NAMES: Mapping[str, tuple[str, str]] = {
    "overall-mean": ("Average of all films", "Average of all films"),
    "item-effect": ("People rate this film higher", "People rate this film lower"),
    "user-effect": ("You rate a little higher than most", "You rate a little lower than most"),
    "taste": ("Your taste, from what you rated", "Your taste, from what you rated"),
    "films-rated": ("The kind of films you rate", "The kind of films you rate"),
    "neighbours": ("How you rated films close to it", "How you rated films close to it"),
    "clipping": ("Kept within half a star and five", "Kept within half a star and five"),
}


@dataclass(frozen=True, slots=True)
class MovieExplanation:
    """Why a person might like a movie: the sum in stars, and the ratings behind its place.

    `alike` is what people of like taste gave it, where enough of them rated it.
    """

    chart: WaterfallChart
    note: Reason | None
    alike: Opinion | None
    raised: Sequence[Effect]
    lowered: Sequence[Effect]


@dataclass(frozen=True, slots=True)
class MovieOpinion:
    """What the model thinks of a movie for a person, and the movies most like it."""

    similar: Rail
    prediction: PredictionChart | None = None
    explanation: MovieExplanation | None = None


def opinion_of(*, movie: Movie, viewer: Viewer) -> MovieOpinion:
    """Predict and explain a movie for somebody, as if they had not rated it.

    Guests who have said nothing get its neighbours only. A movie that the model does not know
    has those of its genres.
    """
    served = served_model_or_none()
    index = find_index(movie.pk, served.model) if served else None
    if served is None or index is None:
        return MovieOpinion(similar=_similar_rail(_cards_by_genre(movie)))
    model = served.model
    person = viewer_history(viewer=viewer, items=model.known_items)
    similar = _similar_rail(_cards_by_model(model, index=index, person=person))
    if isinstance(viewer, Guest) and viewer.is_unknown:
        return MovieOpinion(similar=similar)
    history = _before_meeting(person.history, index)
    stars = model.explain_stars(history, index)
    return MovieOpinion(
        similar=similar,
        prediction=_chart(model, history=history, index=index, stars=stars.score),
        explanation=_explain(
            movie, model=model, viewer=viewer, history=history, index=index, stars=stars
        )
        if history.n_ratings
        else None,
    )


def _chart(model: Hybrid, *, history: History, index: int, stars: float) -> PredictionChart:
    (low,), (high,) = model.predict_interval(history, [index])
    return prediction_chart(stars=stars, low=float(low), high=float(high))


def _before_meeting(history: History, index: int) -> History:
    """Return the history without the rating of a movie and without events about it."""
    is_other = history.events.item_indices != index
    events = history.events.take(np.flatnonzero(is_other))
    return replace(history.without_item(index), events=events)


def _similar_rail(cards: Sequence[Card]) -> Rail:
    return Rail(slug="similar", title="Similar films", cards=cards)


def _explain(
    movie: Movie, *, model: Hybrid, viewer: Viewer, history: History, index: int, stars: Explanation
) -> MovieExplanation:
    placed = model.explain(history, index)
    items = model.known_items
    dismissed = viewer.dismissals if isinstance(viewer, Guest) else read_unwanted(user=viewer)
    unwanted, is_known = items.find(list(dismissed))
    is_liked = find_liked(history, unwanted=unwanted[is_known])
    reason = cited_reason(placed, history=history, is_liked=is_liked, items=items)
    moved = strongest_ratings(placed, history, limit=EFFECTS_SHOWN)
    effects = (*moved.supportive, *moved.opposed)
    shown_ids = [int(items.ids[effect.item_index]) for effect in effects]
    rated = Movie.objects.visible().for_cards().in_bulk([*shown_ids, *reason.movie_ids])
    stars_of = dict(
        zip(items.ids[history.item_indices].tolist(), history.values.tolist(), strict=True)
    )
    return MovieExplanation(
        chart=waterfall_chart(parts=[_star_part(part) for part in stars.parts if part.value]),
        note=reason_sentence(reason=reason, movie=movie, movies=rated, stars_of=stars_of),
        alike=people_alike(model.als_.taste_groups, model.als_, history, index),
        raised=_effects(moved.supportive, rated=rated, items=items),
        lowered=_effects(moved.opposed, rated=rated, items=items),
    )


def _effects(
    effects: Sequence[RatingEffect], *, rated: Mapping[int, Movie], items: ItemIndex
) -> list[Effect]:
    """Return what visible rated movies did to the place of this one, where it shows."""
    moved = [(rated.get(int(items.ids[effect.item_index])), effect) for effect in effects]
    return [
        Effect(movie=movie, value_text=signed(effect.value), own_stars=effect.stars)
        for movie, effect in moved
        if movie is not None and round(effect.value, 2)
    ]


def _star_part(part: Part) -> WaterfallPart:
    higher, lower = PART_NAMES.get(part.name, (part.name, part.name))
    name = higher if part.value >= 0 else lower
    return WaterfallPart(name, part.value, "everyone" if part.contributions is None else "own")


def _cards_by_model(model: Hybrid, *, index: int, person: PersonHistory) -> list[Card]:
    closest = closest_indices(index, model=model, limit=SIMILAR_LENGTH)
    predicted = model.predict(person.history, closest).tolist()
    movie_ids = model.known_items.ids[closest].tolist()
    movies = Movie.objects.visible().for_cards().in_bulk(movie_ids)
    return [
        Card(movies[movie_id], predicted=stars, own_stars=person.stars_of.get(movie_id))
        for movie_id, stars in zip(movie_ids, predicted, strict=True)
        if movie_id in movies
    ]


def _cards_by_genre(movie: Movie) -> list[Card]:
    movie_ids = alike_by_genre(movie, limit=SIMILAR_LENGTH)
    movies = Movie.objects.for_cards().in_bulk(movie_ids)
    return [Card(movies[movie_id]) for movie_id in movie_ids]
