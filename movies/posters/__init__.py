"""Draw a typographic poster for every movie, as a stand-alone SVG file.

`draw_poster` needs a title, a year, the first director and the genres, nothing else: no key, no
network, no database. The rules are those of a screen-print series: four inks, one form, one
accent, letters on tracks.
"""

from movies.posters.draw import RULES_VERSION, draw_poster, poster_hash
from movies.posters.subject import PosterSubject

__all__ = ["RULES_VERSION", "PosterSubject", "draw_poster", "poster_hash"]
