-- A site of the size of MovieLens 32M's catalogue with a million ratings; everything invented.
INSERT INTO movies_genre (name, slug)
SELECT 'Genre ' || number, 'genre-' || number FROM generate_series(1, 19) AS number;

INSERT INTO movies_movie (
    title, original_title, year, language, certification, overview, tagline, keywords,
    poster_path, movielens_id, imdb_id, tmdb_id, is_hidden, added_at
)
SELECT
    initcap(substr(md5(number::text), 1, 3 + number % 6)) || ' '
        || initcap(substr(md5(number::text || 'b'), 1, 3 + number % 5)),
    '', 1920 + number % 104, (ARRAY['en', 'fr', 'ja'])[1 + number % 3], '',
    repeat(md5(number::text) || ' ', 10), '', '{}', '', number, number, number, number % 500 = 0,
    now() - number * interval '1 minute'
FROM generate_series(1, 87000) AS number;

INSERT INTO movies_movie_genres (movie_id, genre_id)
SELECT DISTINCT movie.id, genre.id
FROM movies_movie AS movie
JOIN movies_genre AS genre ON (movie.id + genre.id) % 8 = 0;

INSERT INTO movies_person (name)
SELECT initcap(substr(md5(number::text), 1, 6)) || ' ' || initcap(substr(md5(number::text), 9, 8))
FROM generate_series(1, 60000) AS number;

INSERT INTO movies_credit (movie_id, person_id, role, position, character)
SELECT movie.id, person.id, CASE number WHEN 0 THEN 'director' ELSE 'cast' END, number + 1, ''
FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM movies_movie) AS movie
CROSS JOIN generate_series(0, 4) AS number
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place FROM movies_person) AS person
    ON person.place = 1 + (movie.place * 7919 + number * 10007) % 60000
ON CONFLICT DO NOTHING;

INSERT INTO accounts_user (
    password, is_superuser, display_name, handle, is_active, is_staff, date_joined,
    profile_revision, data_set, data_set_user_id
)
SELECT '!', false, 'Rater ' || number, 'bench-' || number, true, false, now(), 0, 'bench', number
FROM generate_series(1, 20000) AS number;

INSERT INTO movies_rating (user_id, movie_id, half_stars, rated_at)
SELECT person.id, movie.id, 1 + (person.place * 31 + number * 17) % 10, now()
FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM accounts_user
      WHERE data_set = 'bench') AS person
CROSS JOIN generate_series(0, 49) AS number
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place FROM movies_movie) AS movie
    ON movie.place = 1 + (person.place * 131 + number * number * 37) % 87000
ON CONFLICT DO NOTHING;

INSERT INTO movies_tag (name, slug, is_hidden)
SELECT 'tag ' || md5(number::text), 'tag ' || md5(number::text), false
FROM generate_series(1, 20000) AS number;

INSERT INTO movies_tagapplication (tag_id, user_id, movie_id, applied_at)
SELECT tag.id, rating.user_id, rating.movie_id, now()
FROM (SELECT *, row_number() OVER (ORDER BY id) AS place FROM movies_rating LIMIT 300000) AS rating
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place FROM movies_tag) AS tag
    ON tag.place = 1 + rating.place % 20000;

ANALYZE;
