import pytest
from django.db import connection

pytestmark = pytest.mark.django_db


def ask(function, text):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [text])
        return [value for (value,) in cursor.fetchall()]


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("The Matrix", "the matrix"),
        ("Amélie", "amelie"),
        ("BRÜNO", "bruno"),
        ("Kjærlighetens Kjøtere", "kjaerlighetens kjotere"),
        ("Æon Flux", "aeon flux"),
        ("Straße", "strasse"),
        ("L'Avventura", "l avventura"),
        ("L’École", "l ecole"),
        ("Schindler's List", "schindlers list"),
        ("Don't Look Now", "dont look now"),
        ("E.T. the Extra-Terrestrial", "et the extra terrestrial"),
        ("Fast & Furious", "fast and furious"),
        ("8½", "8 1 2"),
        ("Alien³", "alien3"),
        ("Rocky III", "rocky 3"),
        ("Malcolm X", "malcolm x"),
        ("Ｆｕｌｌ Width", "full width"),
        ("Москва", "москва"),
        ("君の名は。", "君の名は"),
        ("  many   spaces  ", "many spaces"),
        ("!!! ??? …", ""),
        ("😀🎬", ""),
        ("", ""),
    ],
)
def test_names_are_compared_in_plain_words(raw, plain):
    assert ask("movies_plain_words", raw) == [plain]


@pytest.mark.parametrize(
    ("plain", "core"),
    [
        ("the matrix", "matrix"),
        ("la haine", "haine"),
        ("l avventura", "avventura"),
        ("die hard", "die hard"),
        ("the", "the"),
        ("theory of everything", "theory of everything"),
    ],
)
def test_a_leading_article_does_not_count(plain, core):
    assert ask("movies_without_article", plain) == [core]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("Spider-Man 2", {"spider", "man", "spiderman", "2"}),
        ("WALL·E", {"wall", "e", "walle"}),
        ("The Good, the Bad", {"good", "bad"}),
        ("!", set()),
    ],
)
def test_joined_words_are_found_both_ways(raw, words):
    assert set(ask("movies_words", raw)) - {""} == words


def test_trigrams_are_padded():
    assert set(ask("movies_trigrams", "up")) == {"  u", " up", "up "}
