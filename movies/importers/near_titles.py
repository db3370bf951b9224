"""Find movies whose title or year a data set writes a little differently.

100K dates a film by its release in the United States, others by its first showing: the year may
be one off. `Star Wars (1977)` is `Star Wars: Episode IV - A New Hope (1977)` elsewhere. Of the 52
movies of 100K that were not found by title and year among those of 1M and latest-small, these two
rules find 37, all of them rightly.
"""

from django.db.backends.utils import CursorWrapper

MOVIES = """
CREATE TEMPORARY TABLE near_movie ON COMMIT DROP AS
WITH movie AS (
    SELECT id, title, year FROM movies_movie
    WHERE year IS NOT NULL AND (movielens_id IS NULL OR NOT %(has_movielens_ids)s)
    AND NOT EXISTS (SELECT FROM staged_movie AS staged WHERE staged.movie_id = movies_movie.id)
)
SELECT movie.id AS movie_id, year, name.text, true AS is_whole
FROM movie JOIN movies_searchname AS name
ON name.kind = 'm' AND name.target_id = movie.id AND name.is_main
UNION ALL
SELECT id, year, movies_without_article(movies_plain_words(part)), false
FROM movie, regexp_split_to_table(title, ': | - ') AS part
WHERE title ~ ': | - '
"""

STAGED = """
CREATE TEMPORARY TABLE near_staged ON COMMIT DROP AS
WITH staged AS (
    SELECT number, staged_title.title, year, text
    FROM staged_movie JOIN staged_title USING (number)
    WHERE movie_id IS NULL AND is_main AND year IS NOT NULL
    AND EXISTS (SELECT FROM near_movie)
)
SELECT number, year, text, true AS is_whole FROM staged
UNION ALL
SELECT number, year, movies_without_article(movies_plain_words(part)), false
FROM staged, regexp_split_to_table(title, ': | - ') AS part
WHERE title ~ ': | - '
"""

# One word says too little, and so does a name that two movies have. (A film that stands in 100K
# twice is still one.)
PAIRS = """
WITH pairs AS (
    SELECT DISTINCT staged.number, movie.movie_id, staged.year || ' ' || text AS name
    FROM near_staged AS staged JOIN near_movie AS movie USING (text)
    WHERE text <> '' AND CASE
        WHEN staged.is_whole AND movie.is_whole THEN abs(staged.year - movie.year) = 1
        ELSE (staged.is_whole OR movie.is_whole)
             AND staged.year = movie.year AND text LIKE '%% %%'
    END
), alone AS (
    SELECT number, movie_id,
           count(*) OVER (PARTITION BY number) = 1
           AND CASE
               WHEN %(has_movielens_ids)s THEN count(*) OVER (PARTITION BY movie_id) = 1
               ELSE min(name) OVER (PARTITION BY movie_id) = max(name) OVER (PARTITION BY movie_id)
           END AS is_certain
    FROM pairs
)
UPDATE staged_movie SET movie_id = alone.movie_id
FROM alone WHERE is_certain AND staged_movie.number = alone.number
"""


def match_near_titles(cursor: CursorWrapper, *, has_movielens_ids: bool) -> None:
    """Match the staged movies that are left, where only one movie comes into question."""
    parameters = {"has_movielens_ids": has_movielens_ids}
    cursor.execute(MOVIES, parameters)
    cursor.execute(STAGED)
    cursor.execute(PAIRS, parameters)
    cursor.execute("DROP TABLE near_movie, near_staged")
