"""Films, people and ratings in the shape of MovieLens, of any size, made up from a seed.

Arrays only: no Django, so that the engine is measured on the same data as the site.
"""

from movies.simulation.films import Films, make_films
from movies.simulation.people import People, make_people
from movies.simulation.plan import Plan
from movies.simulation.ratings import RatingBlock, rate_films

__all__ = ["Films", "People", "Plan", "RatingBlock", "make_films", "make_people", "rate_films"]
