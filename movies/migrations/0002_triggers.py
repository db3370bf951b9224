"""Keep a movie's figures exact, whoever writes ratings, and events as they happened."""

from typing import ClassVar

from django.db import migrations

# A statement may touch many movies: their rows are locked in order, so that two such
# statements never wait for each other in a circle.
STATS = """
CREATE FUNCTION movies_add_stats() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO movies_moviestats (movie_id, rating_count, half_star_total, histogram)
    SELECT id, 0, 0, array_fill(0, ARRAY[10]) FROM new_rows;
    RETURN NULL;
END $$;

CREATE TRIGGER movie_has_stats AFTER INSERT ON movies_movie
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION movies_add_stats();

CREATE TYPE movies_rating_change AS (movie_id bigint, half_stars integer, ratings bigint);

CREATE FUNCTION movies_apply_changes(changes movies_rating_change[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM movies_moviestats
        WHERE movie_id IN (SELECT changed.movie_id FROM unnest(changes) AS changed)
        ORDER BY movie_id FOR NO KEY UPDATE;
    UPDATE movies_moviestats AS stats
    SET rating_count = stats.rating_count + change.ratings,
        half_star_total = stats.half_star_total + change.half_stars,
        histogram = (
            SELECT array_agg(stats.histogram[bin] + change.histogram[bin] ORDER BY bin)
            FROM generate_series(1, 10) AS bin
        )
    FROM (
        SELECT movie_id, sum(ratings) AS ratings, sum(half_stars * ratings) AS half_stars,
               ARRAY[
                   coalesce(sum(ratings) FILTER (WHERE half_stars = 1), 0),
                   coalesce(sum(ratings) FILTER (WHERE half_stars = 2), 0),
                   coalesce(sum(ratings) FILTER (WHERE half_stars = 3), 0),
                   coalesce(sum(ratings) FILTER (WHERE half_stars = 4), 0),
                   coalesce(sum(ratings) FILTER (WHERE half_stars = 5), 0),
                   coalesce(sum(ratings) FILTER (WHERE half_stars = 6), 0),
                   coalesce(sum(ratings) FILTER (WHERE half_stars = 7), 0),
                   coalesce(sum(ratings) FILTER (WHERE half_stars = 8), 0),
                   coalesce(sum(ratings) FILTER (WHERE half_stars = 9), 0),
                   coalesce(sum(ratings) FILTER (WHERE half_stars = 10), 0)
               ] AS histogram
        FROM unnest(changes)
        GROUP BY movie_id
    ) AS change
    WHERE stats.movie_id = change.movie_id;
END $$;

CREATE FUNCTION movies_count_ratings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM movies_apply_changes(array_agg(change)) FROM (
            SELECT (movie_id, half_stars, count(*))::movies_rating_change AS change
            FROM new_rows GROUP BY movie_id, half_stars
        ) AS counted;
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM movies_apply_changes(array_agg(change)) FROM (
            SELECT (movie_id, half_stars, -count(*))::movies_rating_change AS change
            FROM old_rows GROUP BY movie_id, half_stars
        ) AS counted;
    ELSE
        PERFORM movies_apply_changes(array_agg(change)) FROM (
            SELECT (movie_id, half_stars, sum(sign))::movies_rating_change AS change
            FROM (
                SELECT movie_id, half_stars, 1 AS sign FROM new_rows
                UNION ALL SELECT movie_id, half_stars, -1 FROM old_rows
            ) AS signed
            GROUP BY movie_id, half_stars
        ) AS counted;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER rating_added AFTER INSERT ON movies_rating
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION movies_count_ratings();
CREATE TRIGGER rating_changed AFTER UPDATE ON movies_rating
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION movies_count_ratings();
CREATE TRIGGER rating_removed AFTER DELETE ON movies_rating
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION movies_count_ratings();
"""

NO_STATS = """
DROP TRIGGER rating_removed ON movies_rating;
DROP TRIGGER rating_changed ON movies_rating;
DROP TRIGGER rating_added ON movies_rating;
DROP FUNCTION movies_count_ratings();
DROP FUNCTION movies_apply_changes(movies_rating_change[]);
DROP TYPE movies_rating_change;
DROP TRIGGER movie_has_stats ON movies_movie;
DROP FUNCTION movies_add_stats();
"""

# Merging two movies moves their events; nothing else about an event ever changes.
EVENTS = """
CREATE FUNCTION movies_refuse_event_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.user_id, OLD.kind, OLD.occurred_at) IS DISTINCT FROM
       (NEW.user_id, NEW.kind, NEW.occurred_at) THEN
        RAISE EXCEPTION 'events are only ever added to' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER event_stays BEFORE UPDATE ON movies_event
    FOR EACH ROW EXECUTE FUNCTION movies_refuse_event_change();
"""

NO_EVENTS = """
DROP TRIGGER event_stays ON movies_event;
DROP FUNCTION movies_refuse_event_change();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("movies", "0001_catalogue")]

    operations: ClassVar = [
        migrations.RunSQL(STATS, NO_STATS),
        migrations.RunSQL(EVENTS, NO_EVENTS),
        migrations.RunSQL(
            "INSERT INTO movies_curation (id, revision) VALUES (1, 0)",
            "DELETE FROM movies_curation",
        ),
    ]
