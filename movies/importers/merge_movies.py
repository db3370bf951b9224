"""Merge the staged movies into the catalogue: known ones are found, the others added."""

from django.db.backends.utils import CursorWrapper

from movies.importers.near_titles import match_near_titles

PLAIN_TITLES = "UPDATE staged_title SET text = movies_without_article(movies_plain_words(title))"

LINKS = """
UPDATE staged_movie SET imdb_id = link.imdb_id, tmdb_id = link.tmdb_id
FROM staged_link AS link WHERE link.number = staged_movie.number
"""

BY_MOVIELENS_ID = """
UPDATE staged_movie SET movie_id = movie.id
FROM movies_movie AS movie WHERE movie.movielens_id = staged_movie.number
"""

# A data set with MovieLens ids claims movies that have none yet, and each of them once.
# 100K, whose numbers are its own, may find any movie; some of its films stand there twice.
CANDIDATES = """
CREATE TEMPORARY TABLE staged_match ON COMMIT DROP AS
SELECT staged.number, movie.id AS movie_id, movie.movielens_id,
       max(title.is_main::integer * 2 + name.is_main::integer) AS closeness
FROM staged_movie AS staged
JOIN staged_title AS title USING (number)
JOIN movies_searchname AS name ON name.kind = 'm' AND name.text = title.text
JOIN movies_movie AS movie ON movie.id = name.target_id
WHERE staged.movie_id IS NULL AND title.text <> ''
AND movie.year IS NOT DISTINCT FROM staged.year
AND (movie.movielens_id IS NULL OR NOT %(has_movielens_ids)s)
GROUP BY staged.number, movie.id
UNION ALL
SELECT staged.number, movie.id, NULL, 4
FROM staged_movie AS staged
JOIN movies_movie AS movie ON movie.imdb_id = staged.imdb_id
WHERE staged.movie_id IS NULL AND movie.movielens_id IS NULL
"""

BY_TITLE = """
UPDATE staged_movie SET movie_id = found.movie_id
FROM (
    SELECT DISTINCT ON (CASE WHEN %(has_movielens_ids)s THEN movie_id ELSE number END)
           number, movie_id
    FROM (
        SELECT DISTINCT ON (number) number, movie_id, closeness FROM staged_match
        ORDER BY number, closeness DESC, movielens_id NULLS LAST, movie_id
    ) AS best
    ORDER BY CASE WHEN %(has_movielens_ids)s THEN movie_id ELSE number END, closeness DESC, number
) AS found
WHERE found.number = staged_movie.number
"""

# The same film twice in a set without MovieLens ids becomes one movie.
NEW = """
CREATE TEMPORARY TABLE staged_new ON COMMIT DROP AS
SELECT leader, nextval(pg_get_serial_sequence('movies_movie', 'id')) AS movie_id
FROM (
    SELECT DISTINCT leader FROM (
        SELECT {leader} AS leader FROM staged_movie
        JOIN staged_title AS title USING (number)
        WHERE movie_id IS NULL AND title.is_main
    ) AS leaders ORDER BY leader
) AS in_order
"""
LEADER_BY_TITLE = """
CASE WHEN text = '' THEN number ELSE min(number) OVER (PARTITION BY text, year) END
"""

NUMBER_NEW = """
UPDATE staged_movie SET movie_id = numbered.movie_id, is_new = numbered.is_leader
FROM (
    SELECT number, staged_new.movie_id, number = leader AS is_leader
    FROM (
        SELECT number, {leader} AS leader FROM staged_movie
        JOIN staged_title AS title USING (number)
        WHERE movie_id IS NULL AND title.is_main
    ) AS leaders JOIN staged_new USING (leader)
) AS numbered
WHERE numbered.number = staged_movie.number
"""

ADD = """
INSERT INTO movies_movie (
    id, title, original_title, year, movielens_id, imdb_id, tmdb_id, added_at, language,
    certification, overview, tagline, keywords, poster_path, is_hidden
)
SELECT movie_id, title, original_title, year,
       CASE WHEN %(has_movielens_ids)s THEN number END, imdb_id, tmdb_id, now(),
       '', '', '', '', '{}', '', false
FROM staged_movie WHERE is_new ORDER BY movie_id
"""

FILL = """
UPDATE movies_movie AS movie
SET movielens_id = coalesce(movie.movielens_id, staged.movielens_id),
    imdb_id = coalesce(movie.imdb_id, staged.imdb_id),
    tmdb_id = coalesce(movie.tmdb_id, staged.tmdb_id),
    year = coalesce(movie.year, staged.year)
FROM (
    SELECT movie_id, imdb_id, tmdb_id, year,
           CASE WHEN %(has_movielens_ids)s THEN number END AS movielens_id
    FROM staged_movie WHERE NOT is_new
) AS staged
WHERE staged.movie_id = movie.id AND (
    movie.movielens_id IS NULL AND staged.movielens_id IS NOT NULL
    OR movie.imdb_id IS NULL AND staged.imdb_id IS NOT NULL
    OR movie.tmdb_id IS NULL AND staged.tmdb_id IS NOT NULL
    OR movie.year IS NULL AND staged.year IS NOT NULL
)
"""

# A movie that was known keeps its titles, and gains those that read otherwise.
ALTERNATIVE_TITLES = """
INSERT INTO movies_alternativetitle (movie_id, title)
SELECT DISTINCT ON (staged.movie_id, CASE WHEN is_new THEN title.title ELSE title.text END)
       staged.movie_id, title.title
FROM staged_movie AS staged JOIN staged_title AS title USING (number)
WHERE CASE
    WHEN is_new THEN NOT title.is_main
    ELSE title.text <> '' AND NOT EXISTS (
        SELECT FROM movies_searchname AS name
        WHERE name.kind = 'm' AND name.target_id = staged.movie_id AND name.text = title.text
    )
END
ORDER BY staged.movie_id, CASE WHEN is_new THEN title.title ELSE title.text END, title.number
ON CONFLICT DO NOTHING
"""

GENRES = """
INSERT INTO movies_genre (name, slug)
SELECT DISTINCT ON (slug) name, slug FROM staged_genre AS staged
WHERE NOT EXISTS (
    SELECT FROM movies_genre AS genre WHERE genre.slug = staged.slug OR genre.name = staged.name
)
ORDER BY slug, name
"""

# Only where a movie has none: what curators decided about its genres stays.
GENRES_OF_MOVIES = """
INSERT INTO movies_movie_genres (movie_id, genre_id)
SELECT DISTINCT staged.movie_id, genre.id
FROM staged_movie AS staged
JOIN staged_genre USING (number)
JOIN movies_genre AS genre ON genre.slug = staged_genre.slug OR genre.name = staged_genre.name
WHERE NOT EXISTS (
    SELECT FROM movies_movie_genres AS known WHERE known.movie_id = staged.movie_id
)
ORDER BY 1, 2
"""


def merge_movies(cursor: CursorWrapper, *, has_movielens_ids: bool) -> int:
    """Give every staged movie its row in the catalogue; return how many were added."""
    parameters = {"has_movielens_ids": has_movielens_ids}
    cursor.execute(PLAIN_TITLES)
    cursor.execute(LINKS)
    if has_movielens_ids:
        cursor.execute(BY_MOVIELENS_ID)
    cursor.execute(CANDIDATES, parameters)
    cursor.execute(BY_TITLE, parameters)
    match_near_titles(cursor, has_movielens_ids=has_movielens_ids)
    leader = "number" if has_movielens_ids else LEADER_BY_TITLE
    cursor.execute(NEW.format(leader=leader))
    cursor.execute(NUMBER_NEW.format(leader=leader))
    cursor.execute(ADD, parameters)
    added = int(cursor.rowcount)
    cursor.execute(FILL, parameters)
    cursor.execute(ALTERNATIVE_TITLES)
    cursor.execute(GENRES)
    cursor.execute(GENRES_OF_MOVIES)
    cursor.execute("CREATE INDEX ON staged_movie (number); ANALYZE staged_movie")
    return added
