from collections import Counter

from movies.demo.films import FILMS_CSV, read_films

MOVIELENS_GENRES = {
    "Action",
    "Adventure",
    "Animation",
    "Children",
    "Comedy",
    "Crime",
    "Documentary",
    "Drama",
    "Fantasy",
    "Film-Noir",
    "Horror",
    "Musical",
    "Mystery",
    "Romance",
    "Sci-Fi",
    "Thriller",
    "War",
    "Western",
}


def test_catalogue_is_large_and_covers_every_period():
    films = read_films()
    decades = Counter(film.decade for film in films)
    assert len(films) >= 220
    assert set(decades) == set(range(1920, 2020, 10))
    assert min(decades.values()) >= 10


def test_catalogue_speaks_many_languages():
    assert len({film.language for film in read_films()}) >= 12


def test_every_genre_of_movielens_has_films():
    genres = Counter(genre for film in read_films() for genre in film.genres)
    assert set(genres) == MOVIELENS_GENRES
    assert min(genres.values()) >= 5


def test_films_stand_in_order_of_year_and_title():
    films = read_films()
    assert films == sorted(films, key=lambda film: (film.year, film.title))


def test_external_ids_are_unique():
    films = read_films()
    for ids in zip(*((f.movielens_id, f.imdb_id, f.tmdb_id) for f in films), strict=True):
        assert len(set(ids)) == len(films)


def test_every_film_is_complete():
    for film in read_films():
        assert film.directors, film.title
        assert len(film.tags) >= 3, film.title
        assert len(film.cast) <= 5, film.title
        assert 20 <= film.runtime_minutes <= 250, film.title


def test_synopses_are_single_sentences_of_twelve_to_twenty_eight_words():
    for film in read_films():
        assert 12 <= len(film.synopsis.split()) <= 28, film.title
        assert film.synopsis[0].isupper(), film.title
        assert film.synopsis.endswith("."), film.title


def test_no_cell_hides_a_space_or_an_empty_name():
    for line in FILMS_CSV.read_text(encoding="utf-8").splitlines():
        assert "||" not in line
        assert " |" not in line
        assert "| " not in line
