import pytest

from movies.posters.titles import clean_title, line_pieces, main_letter, split_title


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("Heat (1995)", "Heat"),
        ("Matrix, The (1999)", "The Matrix"),
        ("The Matrix", "The Matrix"),
        ("Seven (a.k.a. Se7en) (1995)", "Seven"),
        ("Misérables, Les (1995)", "Les Misérables"),
        ("Postino, Il (Postman, The) (1994)", "Il Postino"),
        ("Lord of the Rings, The: The Two Towers", "The Lord of the Rings: The Two Towers"),
        ("Sex, Lies, and Videotape", "Sex, Lies, and Videotape"),
        ("  Babylon   5 ", "Babylon 5"),
        ("(500) Days of Summer (2009)", "(500) Days of Summer"),
        ("(Untitled) (2009)", "(Untitled)"),
        ("", ""),
    ],
)
def test_cleaning_drops_remarks_and_puts_the_article_in_front(raw, cleaned):
    assert clean_title(raw) == cleaned


def test_a_long_title_is_parted_at_its_first_colon():
    assert split_title("Star Wars: Episode IV - A New Hope") == (
        "Star Wars",
        "Episode IV — A New Hope",
    )


def test_a_title_of_twenty_letters_stays_whole():
    assert split_title("Alien: The Last Five") == ("Alien: The Last Five", "")


def test_a_small_word_before_the_colon_is_dropped():
    assert split_title("Dr. Strangelove or: How I Learned").title == "Dr. Strangelove"


def test_ten_words_stay_and_eleven_become_nine():
    ten = "one two three four five six seven eight nine ten"
    assert split_title(ten).title == ten
    assert split_title(f"{ten} eleven").title == "one two three four five six seven eight nine…"


def test_a_shortened_title_does_not_end_in_a_small_word():
    title = "One two three four five six seven eight of the eleven twelve"
    assert split_title(title).title == "One two three four five six seven eight…"


@pytest.mark.parametrize(
    ("title", "letter"),
    [("The Matrix", "M"), ("A", "A"), ("¿Qué?", "Q"), ("12 Monkeys", "1"), ("…", "")],
)
def test_the_main_letter_is_that_of_the_first_word_that_counts(title, letter):
    assert main_letter(title) == letter


def test_a_long_word_may_be_parted_after_its_own_hyphen():
    assert line_pieces("the Extra-Terrestrial") == ["the ", "Extra-", "Terrestrial "]


def test_a_word_without_a_hyphen_is_parted_only_when_very_long():
    assert line_pieces("Koyaanisqatsi") == ["Koyaanisqatsi "]
    assert all(len(piece) <= 17 for piece in line_pieces("Supercalifragilisticexpialidocious"))
