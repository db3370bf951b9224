"""The queries that find things by their names.

Hidden movies are few, so they are left out as a list: a join would read every other movie as well.
"""

# Names that have every word: each kind of name by itself, so that "john ford" does not find
# every film with some John and some Ford in it.
WHOLE_NAMES = """
WITH wanted AS (
    SELECT * FROM unnest(%(places)s::integer[], %(lows)s::text[], %(highs)s::text[],
                         %(costs)s::integer[]) AS wanted (place, low, high, cost)
), hits AS (
    SELECT posting.kind, posting.target_id, place,
           min(cost * 2 + (posting.word <> low)::integer) AS cost
    FROM wanted
    JOIN movies_searchposting AS posting ON posting.word >= low AND posting.word < high
    AND posting.kind = ANY (%(kinds)s)
    GROUP BY 1, 2, 3
), names AS (
    SELECT kind, target_id, sum(cost) AS cost FROM (
        SELECT * FROM hits
        UNION ALL
        SELECT 'm', movie.id, place, 0
        FROM unnest(%(year_places)s::integer[], %(years)s::smallint[]) AS typed (place, year)
        JOIN movies_movie AS movie USING (year)
        WHERE NOT EXISTS (
            SELECT FROM hits
            WHERE hits.kind = 'm' AND hits.target_id = movie.id AND hits.place = typed.place
        )
    ) AS all_hits
    GROUP BY kind, target_id
    HAVING count(*) = %(count)s - cardinality(%(common_lows)s::text[])
    -- Words that thousands have are only asked of those that have the others.
    AND NOT EXISTS (
        SELECT FROM unnest(%(common_lows)s::text[], %(common_highs)s::text[]) AS common (low, high)
        WHERE NOT EXISTS (
            SELECT FROM movies_searchposting AS posting
            WHERE posting.kind = all_hits.kind AND posting.target_id = all_hits.target_id
            AND posting.word >= common.low AND posting.word < common.high
        )
    )
)
"""

# Best first: the title itself, titles that begin so, titles with these very words, titles with
# words that begin so, films by somebody of that name, films with that tag.
MOVIES = """
, found AS (
    SELECT target_id AS movie_id, CASE WHEN cost = 0 THEN 2 ELSE 3 END AS tier, cost
    FROM names WHERE kind = 'm'
    UNION ALL
    SELECT credit.movie_id, 4, cost
    FROM names JOIN movies_credit AS credit ON credit.person_id = names.target_id
    WHERE kind = 'p'
    UNION ALL
    SELECT application.movie_id, 5, cost
    FROM names
    JOIN movies_tag AS tag ON tag.id = names.target_id AND NOT tag.is_hidden
    JOIN movies_tagapplication AS application ON application.tag_id = tag.id
    WHERE kind = 't'
    UNION ALL
    SELECT target_id, 1, 0 FROM movies_searchname
    WHERE kind = 'm' AND text >= %(plain)s AND text < %(plain_end)s AND %(plain)s <> ''
    UNION ALL
    SELECT name.target_id, CASE WHEN is_main THEN -1 ELSE 0 END, 0
    FROM movies_searchname AS name JOIN movies_movie AS movie ON movie.id = name.target_id
    WHERE kind = 'm' AND %(plain)s <> '' AND (
        text = %(plain)s OR text = %(plain_before_year)s AND movie.year = %(last_year)s
    )
    UNION ALL
    -- "walle" is the title WALL·E: nothing but spaces and marks between letters tells them apart.
    SELECT target_id, CASE WHEN is_main THEN -1 ELSE 0 END, 0
    FROM names JOIN movies_searchname AS name USING (kind, target_id)
    WHERE kind = 'm' AND cost = 0 AND %(plain)s <> ''
    AND replace(text, ' ', '') = replace(%(plain)s, ' ', '')
), best AS (
    SELECT movie_id, min(tier) AS tier, min(cost) AS cost FROM found GROUP BY movie_id
)
SELECT movie_id
FROM best
JOIN movies_moviestats AS stats USING (movie_id)
WHERE movie_id NOT IN (SELECT id FROM movies_movie WHERE is_hidden)
ORDER BY tier, CASE WHEN tier > 1 THEN cost END, stats.rating_count DESC, movie_id
LIMIT %(limit)s
"""

# Words that belong to different names of one film: "matrix reeves".
MOVIES_BY_DIFFERENT_NAMES = """
WITH wanted AS (
    SELECT * FROM unnest(%(places)s::integer[], %(lows)s::text[], %(highs)s::text[],
                         %(costs)s::integer[]) AS wanted (place, low, high, cost)
), hits AS (
    SELECT place, kind, target_id, min(cost * 2 + (posting.word <> low)::integer) AS cost
    FROM wanted
    JOIN movies_searchposting AS posting ON posting.word >= low AND posting.word < high
    GROUP BY 1, 2, 3
), found AS (
    SELECT place, target_id AS movie_id, cost FROM hits WHERE kind = 'm'
    UNION ALL
    SELECT place, credit.movie_id, cost + 2
    FROM hits JOIN movies_credit AS credit ON credit.person_id = target_id WHERE kind = 'p'
    UNION ALL
    SELECT place, application.movie_id, cost + 4
    FROM hits
    JOIN movies_tag AS tag ON tag.id = target_id AND NOT tag.is_hidden
    JOIN movies_tagapplication AS application ON application.tag_id = tag.id
    WHERE kind = 't'
    UNION ALL
    SELECT place, movie.id, 0
    FROM unnest(%(year_places)s::integer[], %(years)s::smallint[]) AS typed (place, year)
    JOIN movies_movie AS movie USING (year)
), best AS (
    SELECT movie_id, sum(cost) AS cost
    FROM (SELECT movie_id, place, min(cost) AS cost FROM found GROUP BY 1, 2) AS by_place
    GROUP BY movie_id HAVING count(*) = %(count)s
)
SELECT movie_id
FROM best
JOIN movies_moviestats AS stats USING (movie_id)
WHERE movie_id NOT IN (SELECT id FROM movies_movie WHERE is_hidden)
ORDER BY cost, stats.rating_count DESC, movie_id
LIMIT %(limit)s
"""

PEOPLE = """
SELECT target_id
FROM names JOIN movies_credit AS credit ON credit.person_id = target_id
JOIN movies_moviestats AS stats USING (movie_id)
WHERE kind = 'p' AND movie_id NOT IN (SELECT id FROM movies_movie WHERE is_hidden)
GROUP BY target_id, cost
ORDER BY cost, sum(stats.rating_count) DESC, target_id
LIMIT %(limit)s
"""

TAGS = """
SELECT target_id
FROM names JOIN movies_tag AS tag ON tag.id = target_id AND NOT tag.is_hidden
JOIN movies_tagapplication AS application ON application.tag_id = tag.id
JOIN movies_movie AS movie ON movie.id = application.movie_id AND NOT movie.is_hidden
WHERE kind = 't'
GROUP BY target_id, cost
ORDER BY cost, count(*) DESC, target_id
LIMIT %(limit)s
"""

# A beginning that thousands of words have: the most rated movies are looked through instead, for
# of so many only the first few matter.
POPULAR_MOVIES = """
WITH exact AS (
    SELECT DISTINCT target_id AS movie_id FROM movies_searchname
    WHERE kind = 'm' AND text = %(plain)s
), popular AS (
    SELECT movie_id FROM (
        SELECT movie_id FROM movies_moviestats ORDER BY rating_count DESC, movie_id
        LIMIT %(looked_through)s
    ) AS most_rated
    WHERE EXISTS (
        SELECT FROM movies_searchposting AS posting
        WHERE kind = 'm' AND target_id = movie_id
        AND posting.word >= %(low)s AND posting.word < %(high)s
    )
)
SELECT movie_id
FROM (
    SELECT movie_id, true AS is_exact FROM exact
    UNION ALL
    SELECT movie_id, false FROM popular WHERE movie_id NOT IN (SELECT movie_id FROM exact)
) AS found
JOIN movies_movie AS movie ON movie.id = movie_id AND NOT movie.is_hidden
JOIN movies_moviestats AS stats USING (movie_id)
ORDER BY is_exact DESC, stats.rating_count DESC, movie_id
LIMIT %(limit)s
"""

FOUND_WORDS = """
SELECT word FROM movies_searchposting
WHERE kind = 'm' AND target_id = %s AND word = ANY (%s)
"""

MOVIES_OF_NAMES = WHOLE_NAMES + MOVIES
PEOPLE_OF_NAMES = WHOLE_NAMES + PEOPLE
TAGS_OF_NAMES = WHOLE_NAMES + TAGS
