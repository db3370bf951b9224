-- A catalogue of :movies synthetic films, shaped like MovieLens 32M: few famous, most obscure.
INSERT INTO movies_genre (name, slug)
SELECT name, lower(replace(name, ' ', '-')) FROM unnest(ARRAY[
    'Action', 'Adventure', 'Animation', 'Children', 'Comedy', 'Crime', 'Documentary', 'Drama',
    'Fantasy', 'Film Noir', 'Horror', 'IMAX', 'Musical', 'Mystery', 'Romance', 'Sci-Fi',
    'Thriller', 'War', 'Western'
]) AS name;

INSERT INTO movies_movie (
    title, original_title, year, runtime_minutes, language, certification, overview, tagline,
    keywords, poster_path, movielens_id, is_hidden, added_at
)
SELECT
    initcap(substr(md5(number::text), 1, 4 + number % 9)) || ' '
        || initcap(substr(md5(number::text || 'b'), 1, 3 + number % 7)),
    '',
    2023 - floor(power(random(), 2.2) * 120)::int,
    CASE WHEN random() < 0.9 THEN 60 + floor(random() * 110)::int END,
    (ARRAY['en', 'en', 'en', 'en', 'en', 'en', 'fr', 'ja', 'de', 'it', 'es', 'ru', 'hi', 'ko', 'zh',
           'sv', 'pt', 'da', 'pl', ''])[1 + floor(random() * 20)::int],
    '', repeat(md5(number::text) || ' ', 10), '', '{}', '', number, random() < 0.001, now()
FROM generate_series(1, :movies) AS number;

INSERT INTO movies_movie_genres (movie_id, genre_id)
SELECT DISTINCT movie.id, genre.id
FROM movies_movie AS movie
CROSS JOIN LATERAL (
    SELECT floor(power(random(), 1.5) * 19)::int AS place
    FROM generate_series(1, 1 + (movie.id % 3)::int)
) AS drawn
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM movies_genre) AS genre
    ON genre.place = drawn.place;

UPDATE movies_moviestats SET
    rating_count = drawn.ratings, half_star_total = drawn.ratings * (4 + random() * 5)
FROM (
    SELECT movie_id, floor(60000 * power(random(), 12))::int AS ratings FROM movies_moviestats
) AS drawn
WHERE drawn.movie_id = movies_moviestats.movie_id;

INSERT INTO movies_person (name)
SELECT initcap(substr(md5(number::text), 1, 7)) || ' ' || initcap(substr(md5(number::text), 9, 9))
FROM generate_series(1, :movies / 2) AS number;

INSERT INTO movies_credit (movie_id, person_id, role, position, character)
SELECT movie.id, person.id, CASE number WHEN 0 THEN 'director' ELSE 'cast' END, number + 1, ''
FROM movies_movie AS movie
CROSS JOIN generate_series(0, 4) AS number
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place FROM movies_person) AS person
    ON person.place = 1 + (movie.id * 7919 + number * 104729) % (:movies / 2)
ON CONFLICT DO NOTHING;
