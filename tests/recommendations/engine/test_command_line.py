"""The command line as other programs rely on it."""

import csv
import json
import shutil
from pathlib import Path

import pytest

from recommendations.engine import commands
from recommendations.engine.__main__ import main
from tests.damage import flip_a_byte
from tests.recommendations.engine.worlds import GENRES, N_ITEMS, camp_of, two_camps

ALL_IDS = [10 * item + 5 for item in range(N_ITEMS)]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Write the two camps as files and fit a hybrid on them."""
    directory = tmp_path_factory.mktemp("world")
    world = two_camps(n_users=80, with_events=False)
    rows = [
        (world.user_ids[user], world.items.ids[item], stars, time)
        for user, item, stars, time in zip(
            world.rating_users,
            world.user_items.indices,
            world.user_items.data,
            world.timestamps,
            strict=True,
        )
    ]
    write(directory / "R.csv", ("userId", "movieId", "rating", "timestamp"), rows)
    movies = [
        (10 * item + 5, f"Film {item} ({1990 + item})", GENRES[camp_of(item)])
        for item in range(N_ITEMS)
    ]
    write(directory / "M.csv", ("movieId", "title", "genres"), movies)
    history = [
        (2, 5, 5, 10),
        (2, 25, 4.5, 10),
        (2, 15, 1, 11),
        (2, 9999, 3, 12),
        (1, 15, 5, 9),
    ]
    write(directory / "H.csv", ("userId", "movieId", "rating", "timestamp"), history)
    assert run(directory, "fit --ratings @R.csv --movies @M.csv --out @hybrid") == 0
    return directory


def write(path, header, rows):
    with path.open("w", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])


def read(path):
    with path.open() as stream:
        return list(csv.DictReader(stream))


def run(directory, line):
    """Run a command; a word with @ in front is a path in our directory."""
    words = line.split()
    return main([str(directory / word[1:]) if word[0] == "@" else word for word in words])


def test_every_known_movie_outside_of_the_history_is_ranked(place):
    assert run(place, "recommend --model @hybrid --history @H.csv -k 1000 --out @O.csv") == 0
    rows = [row for row in read(place / "O.csv") if row["userId"] == "2"]
    assert [row["rank"] for row in rows] == [str(rank) for rank in range(1, N_ITEMS - 2)]
    assert {int(row["movieId"]) for row in rows} == set(ALL_IDS) - {5, 25, 15}
    scores = [float(row["score"]) for row in rows]
    assert scores == sorted(scores, reverse=True)


def test_users_come_in_the_order_of_the_history_file(place):
    run(place, "recommend --model @hybrid --history @H.csv -k 1 --out @O.csv")
    assert [row["userId"] for row in read(place / "O.csv")] == ["2", "1"]


def test_scores_have_nine_significant_digits(place):
    run(place, "recommend --model @hybrid --history @H.csv -k 3 --out @O.csv")
    for row in read(place / "O.csv"):
        assert row["score"] == f"{float(row['score']):.9g}"


def test_somebody_without_history_gets_the_cold_start_list(place):
    write(place / "U.csv", ("userId",), [(77,), (2,), (78,)])
    run(place, "recommend --model @hybrid --history @H.csv --users @U.csv -k 4 --out @O.csv")
    rows = read(place / "O.csv")
    lists = {
        user: [row["movieId"] for row in rows if row["userId"] == user]
        for user in ["77", "78", "2"]
    }
    assert lists["77"] == lists["78"] != lists["2"]
    assert [len(movies) for movies in lists.values()] == [4, 4, 4]


def test_diversity_changes_the_order_only_when_asked_for(place):
    run(place, "recommend --model @hybrid --history @H.csv -k 8 --out @plain.csv")
    run(place, "recommend --model @hybrid --history @H.csv -k 8 --diversity 0.8 --out @varied.csv")
    plain, varied = read(place / "plain.csv"), read(place / "varied.csv")
    assert plain != varied
    assert plain[0] == varied[0]


@pytest.mark.parametrize(
    "option",
    ["--calibration 0.9", "--popularity -1", "--newness 1", "--decade 1990", "--site", "--explore"],
)
def test_what_is_asked_for_reorders_and_leaves_scores_alone(place, option):
    run(place, "recommend --model @hybrid --history @H.csv -k 50 --out @plain.csv")
    run(place, f"recommend --model @hybrid --history @H.csv -k 50 {option} --out @one.csv")
    run(place, f"recommend --model @hybrid --history @H.csv -k 50 {option} --out @two.csv")
    assert read(place / "one.csv") == read(place / "two.csv")
    plain, asked = (
        {(row["userId"], row["movieId"]): row["score"] for row in read(place / name)}
        for name in ("plain.csv", "one.csv")
    )
    assert plain == asked


def test_a_guess_stands_where_it_was_asked_for(place):
    write(place / "U.csv", ("userId",), [(user,) for user in range(70, 110)])
    line = "recommend --model @hybrid --history @H.csv --users @U.csv -k 9"
    run(place, f"{line} --out @plain.csv")
    run(place, f"{line} --explore --out @guess.csv")
    places = {
        row["rank"]
        for row, before in zip(read(place / "guess.csv"), read(place / "plain.csv"), strict=True)
        if row["movieId"] != before["movieId"]
    }
    assert min(map(int, places)) == 5


def test_somebody_who_rated_the_whole_catalogue_gets_an_empty_list(place):
    rows = [(5, movie_id, 3, 1) for movie_id in ALL_IDS]
    write(place / "all.csv", ("userId", "movieId", "rating", "timestamp"), rows)
    assert run(place, "recommend --model @hybrid --history @all.csv --site --out @O.csv") == 0
    assert read(place / "O.csv") == []


def test_an_input_is_never_written_over(place, capsys):
    before = (place / "H.csv").read_text()
    line = "recommend --model @hybrid --history @H.csv --out @H.csv"
    assert "would be written over" in fails(place, capsys, line)
    assert (place / "H.csv").read_text() == before


@pytest.mark.parametrize(
    ("out", "message"),
    [
        ("nowhere/O.csv", "nowhere/O.csv: there is no directory"),
        ("H.csv/O.csv", "H.csv/O.csv: there is no directory"),
        ("folder", "folder: is a directory"),
        ("hybrid/O.csv", "hybrid/O.csv: lies in the model"),
        ("hybrid/manifest.json", "lies in the model"),
    ],
)
def test_where_nothing_can_be_written_is_said_before_the_work(place, capsys, out, message):
    (place / "folder").mkdir(exist_ok=True)
    before = sorted(place.rglob("*"))
    line = f"recommend --model @hybrid --history @never-read.csv --out @{out}"
    assert message in fails(place, capsys, line)
    line = f"predict --model @hybrid --history @H.csv --pairs @never-read.csv --out @{out}"
    assert message in fails(place, capsys, line)
    assert sorted(place.rglob("*")) == before


def test_where_no_model_can_stand_is_said_before_it_is_fitted(place, capsys):
    (place / "letters").mkdir()
    (place / "letters" / "dear.txt").write_text("Dear Ann")
    for out, message in (("letters", "left alone"), ("H.csv", "left alone"), ("H.csv/x", "cannot")):
        assert message in fails(place, capsys, f"fit --ratings @never-read.csv --out @{out}")


def test_a_link_is_followed_and_stays_one(place):
    (place / "target.csv").write_text("old")
    (place / "link.csv").symlink_to(place / "target.csv")
    assert run(place, "recommend --model @hybrid --history @H.csv -k 1 --out @link.csv") == 0
    assert (place / "link.csv").is_symlink()
    assert (place / "target.csv").read_text().startswith("userId,rank")


def test_a_device_is_written_to_as_it_is(place):
    null = Path("/dev/null")
    line = f"recommend --model @hybrid --history @H.csv -k 1 --out {null}"
    assert run(place, line) == 0
    assert null.is_char_device()


@pytest.mark.parametrize(
    "option",
    ["fit --seed -1", f"fit --seed {2**32}", "explain --movie " + "9" * 30, "recommend --decade 0"],
)
def test_numbers_out_of_range_are_refused(option, capsys):
    command, *rest = option.split()
    with pytest.raises(SystemExit) as stopped:
        main([command, *rest])
    assert stopped.value.code == 2
    assert "must be" in capsys.readouterr().err


@pytest.mark.parametrize(
    "option", ["fit --seed x", "recommend -k many", "explain --user 1.5", "recommend --newness new"]
)
def test_what_is_no_number_is_told_in_plain_words(option, capsys):
    command, *rest = option.split()
    with pytest.raises(SystemExit) as stopped:
        main([command, *rest])
    assert stopped.value.code == 2
    assert f"number, got '{rest[-1]}'" in capsys.readouterr().err


def test_a_model_that_is_never_stored_is_refused_before_it_is_fitted(place, capsys):
    message = fails(place, capsys, "fit --ratings @nowhere.csv --model user_knn --out @never")
    assert "user_knn keeps a row per person" in message


def test_a_model_of_which_a_byte_was_altered_gives_no_answer(place, capsys, tmp_path):
    shutil.copytree(place / "hybrid", tmp_path / "altered")
    path = tmp_path / "altered" / "als.item_vectors_.npy"
    flip_a_byte(path)
    words = f"--model {tmp_path / 'altered'} --history @H.csv"
    for line in (f"recommend {words} --out @O.csv", f"explain {words} --user 2 --movie 45"):
        assert "item_vectors_.npy has sha256" in fails(place, capsys, line)


def test_more_users_than_a_block_get_the_same_lists(place, monkeypatch):
    run(place, "recommend --model @hybrid --history @H.csv -k 5 --out @together.csv")
    monkeypatch.setattr(commands, "_CELLS_A_BLOCK", 1)
    run(place, "recommend --model @hybrid --history @H.csv -k 5 --out @alone.csv")
    assert (place / "together.csv").read_text() == (place / "alone.csv").read_text()


def test_an_explanation_names_the_ratings_a_place_hangs_on(place, capsys):
    run(place, "recommend --model @hybrid --history @H.csv -k 5 --out @O.csv")
    fifth = next(
        row["movieId"]
        for row in read(place / "O.csv")
        if (row["userId"], row["rank"]) == ("2", "5")
    )
    capsys.readouterr()
    line = f"explain --model @hybrid --history @H.csv --user 2 --movie {fifth} --top 5"
    assert run(place, line) == 0
    account = json.loads(capsys.readouterr().out)
    values = [entry["value"] for entry in account["supportive"]]
    assert values == sorted(values, reverse=True)
    assert all(value > 0 for value in values)
    assert all(entry["value"] < 0 for entry in account["opposed"])
    assert account["dropSet"]["top"] == 5
    assert set(account["dropSet"]["movieIds"]) <= {5, 25, 15}


def test_all_pairs_may_be_tried_for_the_ratings_a_place_hangs_on(place, capsys):
    line = "explain --model @hybrid --history @H.csv --user 2 --movie 45"
    assert "--all-pairs belongs to --top" in fails(place, capsys, f"{line} --all-pairs")
    sets = []
    for option in ("", "--all-pairs"):
        assert run(place, f"{line} --top 5 {option}") == 0
        sets.append(json.loads(capsys.readouterr().out)["dropSet"])
    assert sets[0] == sets[1]


def test_one_prediction_for_each_pair_in_order(place):
    pairs = [(2, 45), (99, 5), (2, 45), (2, 4711), (1, 25), (99, 4711)]
    write(place / "P.csv", ("userId", "movieId"), pairs)
    assert run(place, "predict --model @hybrid --history @H.csv --pairs @P.csv --out @O.csv") == 0
    rows = read(place / "O.csv")
    assert [(int(row["userId"]), int(row["movieId"])) for row in rows] == pairs
    assert all(0.5 <= float(row["prediction"]) <= 5 for row in rows)
    assert rows[0] == rows[2]


def test_an_interval_stands_beside_the_prediction_where_it_is_asked_for(place):
    write(place / "P.csv", ("userId", "movieId"), [(2, 45), (99, 5), (1, 4711), (2, 4711)])
    line = "predict --model @hybrid --history @H.csv --pairs @P.csv"
    assert run(place, f"{line} --out @plain.csv") == 0
    assert run(place, f"{line} --interval --out @usual.csv") == 0
    assert run(place, f"{line} --interval 0.5 --out @half.csv") == 0
    for plain, usual, half in zip(
        read(place / "plain.csv"), read(place / "usual.csv"), read(place / "half.csv"), strict=True
    ):
        assert list(usual) == ["userId", "movieId", "prediction", "lowest", "highest"]
        assert usual["prediction"] == plain["prediction"] == half["prediction"]
        ends = [usual["lowest"], half["lowest"], plain["prediction"]]
        ends += [half["highest"], usual["highest"]]
        assert sorted(map(float, ends)) == list(map(float, ends))
        assert 0.5 <= float(usual["lowest"]) < float(half["lowest"])


def test_an_interval_of_a_model_without_one_is_refused(place, capsys):
    write(place / "P.csv", ("userId", "movieId"), [])
    assert run(place, "fit --ratings @R.csv --model svd --out @svd") == 0
    line = "predict --model @svd --history @H.csv --pairs @P.csv --interval --out @none.csv"
    assert "svd gives no interval" in fails(place, capsys, line)
    assert not (place / "none.csv").exists()


def test_a_prediction_without_pairs_is_an_empty_table(place):
    write(place / "P.csv", ("userId", "movieId"), [])
    assert run(place, "predict --model @hybrid --history @H.csv --pairs @P.csv --out @O.csv") == 0
    assert (place / "O.csv").read_text() == "userId,movieId,prediction\n"


def test_an_explanation_accounts_for_the_score_recommended(place, capsys):
    run(place, "recommend --model @hybrid --history @H.csv -k 1000 --out @O.csv")
    printed = {
        row["movieId"]: row["score"] for row in read(place / "O.csv") if row["userId"] == "2"
    }
    assert run(place, "explain --model @hybrid --history @H.csv --user 2 --movie 45") == 0
    account = json.loads(capsys.readouterr().out)
    assert f"{account['score']:.9g}" == printed["45"]
    assert sum(part["value"] for part in account["parts"]) == pytest.approx(account["score"])
    given = sum(entry["value"] for entry in account["contributions"])
    constants = sum(part["constant"] for part in account["parts"])
    assert given + constants == pytest.approx(account["score"])
    depending = [part for part in account["parts"] if part["dependsOnHistory"]]
    assert sum(part["value"] - part["constant"] for part in depending) == pytest.approx(given)
    assert [(entry["movieId"], entry["rating"]) for entry in account["contributions"]] == [
        (5, 5.0),
        (25, 4.5),
        (15, 1.0),
    ]


def test_unknown_movies_of_a_history_are_warned_about(place, caplog):
    run(place, "recommend --model @hybrid --history @H.csv -k 1 --out @O.csv")
    assert "1 unknown movies ignored (9999)" in caplog.text


def fails(place, capsys, line):
    """Return what a failing command says, which must be one line, with exit code 2."""
    capsys.readouterr()
    assert run(place, line) == 2
    message = capsys.readouterr().err
    assert message.count("\n") == 1
    return message


def test_an_explanation_of_an_unknown_movie_is_refused(place, capsys):
    message = fails(place, capsys, "explain --model @hybrid --history @H.csv --user 2 --movie 4711")
    assert "4711" in message


def test_stars_from_a_model_without_stars_are_refused(place, capsys):
    write(place / "P.csv", ("userId", "movieId"), [(2, 45)])
    assert run(place, "fit --ratings @R.csv --model popularity --out @popular") == 0
    message = fails(
        place, capsys, "predict --model @popular --history @H.csv --pairs @P.csv --out @O.csv"
    )
    assert "popularity does not predict stars" in message


@pytest.mark.parametrize(
    ("content", "where"),
    [
        ("", "line 1, column userId"),
        ("userId,movieId,rating\n1,5,3\n", "line 1, column timestamp"),
        ("userId,movieId,rating,timestamp\n1,5,6,1\n", "line 2, column rating"),
        ("userId,movieId,rating,timestamp\n1,5,4,1\n1,5,3,2\n", "line 3, column movieId"),
        ("userId,movieId,rating,timestamp\n", "line 2, column rating"),
    ],
)
def test_bad_input_is_named_in_one_line(place, capsys, content, where):
    (place / "bad.csv").write_text(content)
    message = fails(place, capsys, "fit --ratings @bad.csv --out @never")
    assert f"bad.csv, {where}: " in message
    assert not (place / "never").exists()


def test_a_failed_command_leaves_an_earlier_result_alone(place, capsys):
    (place / "kept.csv").write_text("earlier")
    (place / "bad.csv").write_text("userId\nx\n")
    fails(
        place, capsys, "recommend --model @hybrid --history @H.csv --users @bad.csv --out @kept.csv"
    )
    assert (place / "kept.csv").read_text() == "earlier"


def test_a_model_that_is_not_there_is_refused(place, capsys):
    message = fails(place, capsys, "recommend --model @nowhere --history @H.csv --out @O.csv")
    assert "manifest.json is missing" in message


@pytest.mark.parametrize("share", ["0", "1", "nan", "80"])
def test_an_interval_holds_some_and_not_all(place, share):
    line = "predict --model @hybrid --history @H.csv --pairs @P.csv --out @O.csv --interval"
    with pytest.raises(SystemExit) as caught:
        run(place, f"{line} {share}")
    assert caught.value.code == 2


@pytest.mark.parametrize("wrong", ["-k 0", "--diversity 2", "-k many", "--popularity -2"])
def test_options_out_of_range_are_refused(place, wrong):
    with pytest.raises(SystemExit) as caught:
        run(place, f"recommend --model @hybrid --history @H.csv --out @O.csv {wrong}")
    assert caught.value.code == 2
