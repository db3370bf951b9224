from dataclasses import replace

import pytest

from movies.demo.check_facts import (
    METADATA_CSV,
    MOVIELENS_ZIP,
    Sources,
    check_facts,
    data_directory,
    folded,
    read_reasons,
    read_sources,
    report,
    shared_run,
)
from movies.demo.films import DemoFilm, read_films

FILM = DemoFilm(
    title="The Slow Train",
    original_title="Le Train lent",
    alternative_titles=(),
    year=1951,
    genres=("Drama",),
    directors=("Zoë Quick",),
    cast=("Ada One", "Bo Two"),
    runtime_minutes=90,
    language="fr",
    movielens_id=7,
    imdb_id=77,
    tmdb_id=777,
    tags=("trains",),
    synopsis="A guard on a night train counts his passengers twice and comes to different sums.",
)


@pytest.fixture
def sources():
    return Sources(
        movies={7: {"title": "Slow Train, The (Train lent, Le) (1951)", "genres": "Drama|Mystery"}},
        links={7: {"imdbId": "0000077", "tmdbId": "777"}},
        metadata={
            7: {
                "overview": "A guard counts passengers.",
                "tagline": "",
                "director": "Zoe Quick",
                "cast": "Ada One|Bo Two|Cy Three",
                "runtime": "90",
                "original_language": "fr",
                "release_date": "1951-03-01",
            }
        },
    )


def checked(film, sources, reasons=None):
    return check_facts(films=[film], sources=sources, reasons=reasons or {})


def test_film_that_agrees_has_nothing_to_report(sources):
    check = checked(FILM, sources)
    assert check.is_clean
    assert check.compared["runtime"] == 1
    assert check.absent["synopsis and tagline"] == 1


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("title", {"title": "The Fast Train", "original_title": ""}),
        ("year", {"year": 1952}),
        ("release year", {"year": 1952}),
        ("genres", {"genres": ("Drama", "Comedy")}),
        ("director", {"directors": ("Zoë Quick", "Ann Other")}),
        ("cast", {"cast": ("Ada One", "Di Four")}),
        ("runtime", {"runtime_minutes": 91}),
        ("language", {"language": "de"}),
        ("imdb id", {"imdb_id": 78}),
        ("tmdb id", {"tmdb_id": 778}),
        ("synopsis and overview", {"synopsis": "Here a guard counts passengers, again."}),
    ],
)
def test_each_wrong_fact_is_found(field, change, sources):
    sources.metadata[7]["overview"] = "Here a guard counts passengers, again and again."
    fields = {found.field for found in checked(replace(FILM, **change), sources).unexplained}
    assert field in fields


def test_disagreement_with_a_written_reason_is_justified(sources):
    reasons = {(7, "runtime", "90"): "The longer cut."}
    check = checked(replace(FILM, runtime_minutes=120), sources, reasons)
    assert check.is_clean
    assert "The longer cut." in report(check)


def test_reason_that_no_longer_applies_is_found(sources):
    assert not checked(FILM, sources, {(7, "runtime", "95"): "The shorter cut."}).is_clean


def test_film_that_movielens_lacks_is_found(sources):
    fields = {item.field for item in checked(replace(FILM, movielens_id=8), sources).unexplained}
    assert fields == {"title"}


def test_six_words_in_a_row_are_a_shared_run():
    assert shared_run("One two three four five six.", "and one, two three four five six")
    assert not shared_run("One two three four five six.", "one two three four five, seven six")


def test_folding_ignores_accents_case_and_punctuation():
    assert folded("Mélanie O'Størm-Łuk") == "melanieostormluk"


def test_bundled_films_agree_with_the_sources():
    directory = data_directory()
    missing = [path for path in (MOVIELENS_ZIP, METADATA_CSV) if not (directory / path).exists()]
    if missing:
        pytest.skip(f"no {missing[0]} in {directory}; set MARQUEE_TEST_DATA")
    check = check_facts(films=read_films(), sources=read_sources(directory), reasons=read_reasons())
    assert check.is_clean, report(check)
