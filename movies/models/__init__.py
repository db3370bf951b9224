"""The catalogue, and what people say about it."""

from movies.models.catalogue import AlternativeTitle, Credit, Genre, Movie, MovieStats, Person
from movies.models.curation import Curation
from movies.models.data_set import DataSet
from movies.models.feedback import Dismissal, Event, Rating, WatchlistEntry
from movies.models.search import SearchName, SearchPosting, SearchTrigram
from movies.models.tags import Tag, TagApplication

__all__ = [
    "AlternativeTitle",
    "Credit",
    "Curation",
    "DataSet",
    "Dismissal",
    "Event",
    "Genre",
    "Movie",
    "MovieStats",
    "Person",
    "Rating",
    "SearchName",
    "SearchPosting",
    "SearchTrigram",
    "Tag",
    "TagApplication",
    "WatchlistEntry",
]
