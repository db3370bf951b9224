import pytest

from recommendations.engine import csv_files, number_columns
from recommendations.engine.csv_files import (
    MovieFacts,
    add_metadata,
    read_events,
    read_groups,
    read_movies,
    read_pairs,
    read_ratings,
    read_rows,
    read_tags,
    read_user_ids,
)
from recommendations.engine.errors import InputFileError
from recommendations.engine.number_columns import read_number_columns

HEADER = "userId,movieId,rating,timestamp\n"


@pytest.fixture
def write(tmp_path):
    def write_file(text, *, encoding="utf-8"):
        path = tmp_path / "input.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write_file


def test_ratings_come_in_the_order_of_the_file(write):
    rows = read_ratings(write(HEADER + "2,9,4.5,77\n1,8,0.5,66\n"))
    assert rows.user_ids.tolist() == [2, 1]
    assert rows.item_ids.tolist() == [9, 8]
    assert rows.stars.tolist() == [4.5, 0.5]
    assert rows.timestamps.tolist() == [77, 66]


def test_columns_are_found_by_name(write):
    rows = read_ratings(write("timestamp,extra,rating,movieId,userId\n5,x,3,20,10\n"))
    assert (rows.user_ids[0], rows.item_ids[0]) == (10, 20)


def test_a_byte_order_mark_and_windows_line_ends_are_no_trouble(write):
    text = ("\ufeff" + HEADER + "1,2,3,4\n").replace("\n", "\r\n")
    assert read_ratings(write(text)).stars.tolist() == [3]


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("", 1, "userId"),
        ("userId,movieId,timestamp\n1,2,3\n", 1, "rating"),
        (HEADER + "1,2,3,4\n1,x,3,4\n", 3, "movieId"),
        (HEADER + "1.5,2,3,4\n", 2, "userId"),
        (HEADER + "1_0,2,3,4\n", 2, "userId"),
        (HEADER + "1,2,good,4\n", 2, "rating"),
        (HEADER + "1,2,0_3,4\n", 2, "rating"),
        (HEADER + "1,2,-inf,4\n", 2, "rating"),
        (HEADER + "1,2,1e999,4\n", 2, "rating"),
        (HEADER + "1,2,,4\n", 2, "rating"),
        (HEADER + "1,2,7,4\n", 2, "rating"),
        (HEADER + "1,2,0,4\n", 2, "rating"),
        (HEADER + "1,2,nan,4\n", 2, "rating"),
        (HEADER + "1,2,inf,4\n", 2, "rating"),
        (HEADER + "1,2,3\n", 2, "timestamp"),
        (HEADER + "1,2,3,soon\n", 2, "timestamp"),
        (HEADER + "1,99999999999999999999,3,4\n", 2, "movieId"),
        (HEADER + "1,2,3,4\n5,6,3,4\n1,2,5,9\n", 4, "movieId"),
    ],
)
def test_what_cannot_be_used_is_named_with_its_place(write, text, line, column):
    path = write(text)
    with pytest.raises(InputFileError) as caught:
        read_ratings(path)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert str(caught.value).startswith(f"{path}, line {line}, column {column}: ")
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_an_input_error(tmp_path):
    with pytest.raises(InputFileError, match="No such file"):
        read_ratings(tmp_path / "none.csv")


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_file_in_another_encoding_is_named_with_line_and_byte(write, line_end):
    # Far below what is decoded at once, so that counting within a piece would show.
    rows = ["movieId,title,genres", *(f"{movie},Film,Comedy" for movie in range(10, 99))] * 20
    before = line_end.join(rows) + line_end
    text = f"{before}1,Amélie (2001),Comedy{line_end}"
    path = write(text, encoding="latin-1")
    place = len(before) + len("1,Amé")
    with pytest.raises(InputFileError) as caught:
        list(read_rows(path, required=["movieId"]))
    expected = f"{path}, line {len(rows) + 1}: byte {place} of the file is not UTF-8"
    assert str(caught.value) == expected


def test_an_open_quote_is_an_input_error(write):
    with pytest.raises(InputFileError, match="not CSV"):
        read_movies(write('movieId,title,genres\n1,"Open (2001),Comedy\n'))


def test_movies_have_their_year_and_genres(write):
    movies = read_movies(
        write(
            'movieId,title,genres\n1,"Matrix, The (1999)",Action|Sci-Fi\n'
            "2,Untitled,(no genres listed)\n"
        )
    )
    assert (movies[1].year, movies[1].genres) == (1999, ("Action", "Sci-Fi"))
    assert (movies[2].year, movies[2].genres) == (0, ())


def test_metadata_reaches_known_movies_only(write):
    movies = read_movies(write("movieId,title,genres\n1,One (1990),Drama\n"))
    add_metadata(
        write("movieId,director,cast,overview\n1,Ann A|Bob B,Cy C,A plot.\n2,X,Y,Z\n"), movies
    )
    assert movies.keys() == {1}
    assert movies[1].directors == ("Ann A", "Bob B")
    assert movies[1].overview == "A plot."


def test_tags_come_with_who_gave_them_and_when(write):
    rows = read_tags(write("userId,movieId,tag,timestamp\n5,1,twist,9\n6,2,Twist,8\n"))
    assert (rows.user_ids.tolist(), rows.item_ids.tolist()) == ([5, 6], [1, 2])
    assert (list(rows.tags), rows.timestamps.tolist()) == (["twist", "Twist"], [9, 8])


@pytest.mark.parametrize("column", ["userId", "movieId", "tag", "timestamp"])
def test_a_tag_needs_all_its_columns(write, column):
    header = "userId,movieId,tag,timestamp".replace(column, "other")
    with pytest.raises(InputFileError, match=f"line 1, column {column}: the column is missing"):
        read_tags(write(f"{header}\n1,2,twist,3\n"))


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (read_movies, "movieId,title,genres\n7,A,Drama\n8,B,Drama\n7,C,Drama\n"),
        (read_groups, "gender,userId\nF,7\nF,8\nM,7\n"),
        (lambda path: add_metadata(path, {}), "movieId,year\n7,1990\n8,1990\n7,1991\n"),
    ],
)
def test_what_is_told_twice_is_refused(write, read, text):
    with pytest.raises(InputFileError, match=r"line 4, column \w+Id: 7 is given twice"):
        read(write(text))


def test_metadata_tells_writer_certificate_and_language_where_it_has_them(write):
    movies = read_movies(write("movieId,title,genres\n1,One (1990),Drama\n2,Two,Drama\n"))
    add_metadata(
        write("original_language,writer,certification,movieId\nfr,Ann A|Bob B,PG-13,1\n"), movies
    )
    facts = movies[1]
    assert (facts.title, facts.certification, facts.language) == ("One (1990)", "PG-13", "fr")
    assert facts.writers == ("Ann A", "Bob B")
    assert (movies[2].writers, movies[2].certification, movies[2].language) == ((), "", "")


def test_metadata_names_a_movie_that_only_ratings_know(write):
    movies = {5: MovieFacts()}
    add_metadata(write("movieId,title,year\n5,Five (2001),2001\n"), movies)
    assert (movies[5].title, movies[5].year) == ("Five (2001)", 2001)


def test_pairs_may_repeat_and_users_are_listed_once(write):
    path = write("userId,movieId\n3,1\n2,1\n3,1\n")
    users, items = read_pairs(path)
    assert users.tolist() == [3, 2, 3]
    assert items.tolist() == [1, 1, 1]
    assert read_user_ids(path) == [3, 2]


def test_groups_become_labels(write):
    groups = read_groups(write("userId,gender,age,occupation,zip\n1,F,25,,x\n"))
    assert groups == {1: ("gender:F", "age:25")}


def test_an_unknown_event_is_named(write):
    path = write("userId,movieId,event,timestamp\n1,2,viewed,3\n1,2,yawned,4\n")
    with pytest.raises(InputFileError, match=r"line 3, column event: .*yawned"):
        read_events(path)


PLAIN = HEADER + "1,2,3.5,4\n1,3,0.5,-4\n-7,2,5.0,0\n"


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        PLAIN.removesuffix("\n"),
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace("\n", "\r"),
        PLAIN.replace("\n1", "\n\n1"),
        PLAIN + "\n\n",
        PLAIN + '8,9,"4.5",1\n',
        PLAIN + "8,9,4.5,1,surplus\n",
        PLAIN + "8,9,4.5,1,\n",
        PLAIN + "8,9,4.5,1,2\n8,7,1,3\n",
        PLAIN + "008,09,04.50,+1\n",
        PLAIN + "8,9,3.7,1\n8,7,1e0,1\n8,6,.5,1\n8,5,1.,1\n",
        PLAIN + "8,9,3.50000000000000001,1\n",
        PLAIN + f"{2**63 - 1},9,3.5,1\n",
        "\ufeff" + PLAIN,
        '"userId","movieId",rating,timestamp\n1,2,3,4\n',
        "timestamp,extra,rating,movieId,userId\n5,0,3,20,10\n5,,3,20,11\n",
        "timestamp,name,rating,movieId,userId\n5,Ann,3,20,10\n",
        "userId,movieId,rating,timestamp,rating\n1,2,3,4,5\n",
        " userId , movieId,rating,timestamp\n1,2,3,4\n",
        HEADER,
    ],
)
def test_a_file_read_at_once_gives_what_reading_row_by_row_gives(write, text, monkeypatch):
    path = write(text)
    quick = read_ratings(path)
    monkeypatch.setattr(csv_files, "read_number_columns", lambda *_, **__: None)
    strict = read_ratings(path)
    for name in ("user_ids", "item_ids", "stars", "timestamps"):
        ours, theirs = getattr(quick, name), getattr(strict, name)
        assert (ours.dtype, ours.tolist()) == (theirs.dtype, theirs.tolist())


def test_blocks_of_a_large_file_are_joined(write, monkeypatch):
    path = write(HEADER + "".join(f"{user},{user + 1},4,{user}\n" for user in range(100)))
    monkeypatch.setattr(number_columns, "BLOCK_BYTES", 64)
    columns = read_number_columns(path, whole=["userId", "movieId"], halves=["rating"])
    assert columns["userId"].tolist() == list(range(100))
    assert columns["movieId"].tolist() == list(range(1, 101))
    assert columns["rating"].tolist() == [4.0] * 100


@pytest.mark.parametrize("odd", ["1,2,x,4", "1,2,3", "", '1,"2",3,4', "1,2,3.3,4", "1.0,2,3,4"])
def test_what_is_not_plain_is_left_to_the_strict_reader(write, odd):
    path = write(HEADER + f"1,2,3,4\n{odd}\n5,6,3,4\n")
    assert read_number_columns(path, whole=["userId", "movieId"], halves=["rating"]) is None


def test_a_pair_repeated_far_below_is_named_with_both_lines(write):
    lines = [f"{user},{movie},4,1" for user in range(50) for movie in range(50)]
    with pytest.raises(InputFileError, match=r"line 2502, .*user 3 already rated movie 7"):
        read_ratings(write(HEADER + "\n".join([*lines, "3,7,1,1"]) + "\n"))
