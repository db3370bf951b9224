"""The evaluate command: tables, JSON, figures, tuning."""

import gzip
import hashlib
import json
from datetime import date

import numpy as np
import pytest

from recommendations.engine.evaluation import command
from recommendations.engine.evaluation.hyperparameters import values_of
from recommendations.engine.models import MODELS
from tests.recommendations.engine.test_command_line import fails, read, run, write
from tests.recommendations.engine.worlds import GENRES, N_ITEMS, camp_of, two_camps


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Write the ratings and movies of the two camps as files."""
    directory = tmp_path_factory.mktemp("world")
    world = two_camps(n_users=80, with_events=False)
    columns = (
        world.user_ids[world.rating_users],
        world.items.ids[world.user_items.indices],
        world.user_items.data,
        world.timestamps,
    )
    header = ("userId", "movieId", "rating", "timestamp")
    write(directory / "R.csv", header, list(zip(*columns, strict=True)))
    movies = [
        (10 * item + 5, f"Film {item} ({1990 + item})", GENRES[camp_of(item)])
        for item in range(N_ITEMS)
    ]
    write(directory / "M.csv", ("movieId", "title", "genres"), movies)
    return directory


def test_evaluate_prints_a_table_and_writes_json(place, capsys):
    line = "evaluate --ratings @R.csv --protocol strong-graded --models popularity,bias --out @rep"
    assert run(place, f"{line} --no-figures") == 0
    table = capsys.readouterr().out.splitlines()
    assert table[0].split()[:4] == ["model", "ndcg@100", "recall@20", "rmse"]
    assert [row.split()[0] for row in table[1:3]] == ["popularity", "bias"]
    report = json.loads((place / "rep" / "strong-graded.json").read_text())
    figure = report["models"][1]["figures"]["rmse"]
    assert figure["low"] < figure["value"] < figure["high"]
    assert np.isfinite(report["models"][0]["fit_seconds"])


def test_a_fixed_split_takes_its_ratings_from_a_file(place, capsys):
    rows = [tuple(row.values()) for row in read(place / "R.csv")[:40]]
    write(place / "T.csv", ("userId", "movieId", "rating", "timestamp"), rows)
    line = "evaluate --ratings @R.csv --protocol files --test @T.csv @T.csv --models bias --out @r"
    assert run(place, f"{line} --no-figures") == 0
    report = json.loads((place / "r" / "files.json").read_text())
    assert report["people"] == len({row[0] for row in rows})
    assert report["runs"] == ["T.csv", "T.csv"]
    assert len({split["rmse"] for split in report["models"][0]["by_split"]}) == 1


def test_folds_are_as_many_as_asked_for(place):
    line = (
        "evaluate --ratings @R.csv --protocol kfold --folds 3 --models bias --no-figures --out @r"
    )
    assert run(place, line) == 0
    report = json.loads((place / "r" / "kfold.json").read_text())
    assert len(report["models"][0]["by_split"]) == len(report["runs"]) == 3
    assert report["people"] == 80


@pytest.mark.parametrize("protocol", ["files", "ncf"])
def test_a_protocol_says_what_it_needs(place, capsys, protocol):
    line = f"evaluate --ratings @R.csv --protocol {protocol} --models bias --out @r"
    assert f"protocol {protocol} needs" in fails(place, capsys, line)


@pytest.mark.parametrize("option", ["--test @R.csv", "--ncf @r"])
def test_a_protocol_says_what_it_cannot_use(place, capsys, option):
    line = f"evaluate --ratings @R.csv --protocol time --models bias --out @r {option}"
    assert "belongs to protocol" in fails(place, capsys, line)


def test_drawn_items_of_other_data_are_refused(place, capsys):
    directory = place / "ncf"
    directory.mkdir()
    (directory / "item_map.csv").write_text("ncf_item,movie_id\n0,15\n")
    (directory / "ml-1m.test.rating").write_text("3\t0\t4\t100\n")
    with gzip.open(directory / "ml-1m.test.negative.gz", "wt") as stream:
        stream.write("(3,0)\t0\n")
    line = "evaluate --ratings @R.csv --protocol ncf --ncf @ncf --models bias --out @foreign"
    message = "ml-1m.test.rating, line 1: user 4 of MovieLens gave none"
    assert message in fails(place, capsys, line)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("random --tune --repeats 3", "--repeats does not go with --tune"),
        ("random --tune --learning-curve .5", "--learning-curve does not go with --tune"),
        ("files --tune --test @R.csv @R.csv", "one file of --test"),
        ("random --trials 20", "--trials belongs to --tune"),
        ("random --objective rmse", "--objective belongs to --tune"),
        ("random --set als.factors=8", "--set als.factors: als is not among --models"),
        ("random --folds 5", "--folds belongs to protocol kfold, not to random"),
        ("files --test @R.csv --repeats 2", "--repeats draws splits"),
    ],
)
def test_an_option_that_would_change_nothing_is_refused(place, capsys, options, message):
    line = f"evaluate --ratings @R.csv --models bias --out @idle --protocol {options}"
    assert message in fails(place, capsys, line)
    assert not (place / "idle").exists()


def test_one_fold_leaves_nothing_to_learn_from(place, capsys):
    line = "evaluate --ratings @R.csv --models bias --out @r --protocol kfold --folds 1"
    with pytest.raises(SystemExit) as caught:
        run(place, line)
    assert caught.value.code == 2
    assert "--folds: must be 2 to" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("rows", "protocol", "message"),
    [
        ([(1, 5, 4, 1)], "last", "protocol last, seed 7: of 1 ratings none is left to judge by"),
        ([(1, 5, 4, 1)], "cold", "protocol cold, seed 7: of 1 ratings none is left to learn from"),
        ([(1, 5, 4, 1), (2, 5, 4, 1)], "kfold", "fold 3: of 2 ratings none is left to judge by"),
    ],
)
def test_too_few_ratings_for_a_protocol_are_told(place, capsys, rows, protocol, message):
    write(place / "few.csv", ("userId", "movieId", "rating", "timestamp"), rows)
    line = f"evaluate --ratings @few.csv --protocol {protocol} --models bias --out @few"
    assert message in fails(place, capsys, f"{line} --no-figures")


def test_a_test_file_without_ratings_is_named(place, capsys):
    write(place / "none.csv", ("userId", "movieId", "rating", "timestamp"), [])
    line = "evaluate --ratings @R.csv --protocol files --test @none.csv --models bias --out @r"
    assert "none.csv, line 2, column rating: there is no rating" in fails(place, capsys, line)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("bias.rounds=2.5", "bias: rounds must be int, got 2.5"),
        ("bias.rounds=0", "rounds at least 1"),
        ("bias.user_damping=NaN", "bias: user_damping must be finite"),
        ("bias.user_damping=true", "bias: user_damping must be float, got True"),
        ('content.field_weights={"genres":"x"}', "content: field_weights must be dict[str, float]"),
        ("stars.factors=[2.5]", "stars: factors must be tuple[int, ...]"),
    ],
)
def test_settings_no_model_can_have_are_refused_before_the_work(place, capsys, setting, message):
    models = "popularity,bias,content,stars"
    line = f"evaluate --ratings @never-read.csv --protocol random --models {models} --out @r"
    assert message in fails(place, capsys, f"{line} --set {setting}")


def test_figures_that_cannot_be_drawn_leave_the_report(place, capsys, monkeypatch):
    monkeypatch.setattr(command, "FIGURES", "recommendations.engine.no_such_module")
    line = "evaluate --ratings @R.csv --protocol random --models bias --out @undrawn"
    assert "figures could not be drawn" in fails(place, capsys, line)
    assert json.loads((place / "undrawn" / "random.json").read_text())["models"]


def test_settings_may_be_given_one_by_one(place):
    line = "evaluate --ratings @R.csv --protocol random --models bias --no-figures --out @r"
    assert run(place, f"{line} --set bias.rounds=3 --set bias.user_damping=7") == 0
    (judged,) = json.loads((place / "r" / "random.json").read_text())["models"]
    values = judged["recipe"]["hyperparameters"]
    assert (values["rounds"], values["user_damping"]) == (3, 7)


def test_hyperparameters_can_be_set_and_stand_in_the_report(place):
    line = "evaluate --ratings @R.csv --protocol random --models bias,popularity --no-figures"
    assert run(place, f"{line} --set bias.user_damping=7 popularity.group_weight=0 --out @r") == 0
    models = json.loads((place / "r" / "random.json").read_text())["models"]
    assert models[0]["recipe"]["hyperparameters"]["user_damping"] == 7
    assert models[1]["recipe"]["hyperparameters"]["group_weight"] == 0


def test_a_hyperparameter_that_is_not_there_cannot_be_set(place, capsys):
    line = "evaluate --ratings @R.csv --protocol random --models bias --out @r --set bias.nothing=7"
    assert "'nothing'" in fails(place, capsys, line)


@pytest.mark.parametrize("setting", ["nobody.x=1", "bias=1", "bias.user_damping=much"])
def test_settings_that_cannot_be_read_are_refused(place, setting):
    with pytest.raises(SystemExit) as caught:
        run(place, f"evaluate --ratings @R.csv --protocol random --models bias --set {setting}")
    assert caught.value.code == 2


def test_a_report_says_how_to_get_the_same(place, capsys):
    line = "evaluate --ratings @R.csv --movies @M.csv --protocol time --models bias --out @r"
    assert run(place, f"{line} --no-figures --seed 3") == 0
    report = json.loads((place / "r" / "time.json").read_text())
    assert report["command"].startswith("python -m recommendations.engine evaluate --ratings ")
    assert report["seed"] == 3
    assert report["data"]["ratings"] == 80 * 12
    expected = hashlib.sha256((place / "R.csv").read_bytes()).hexdigest()
    assert report["files"][str(place / "R.csv")] == expected
    assert report["versions"]["numpy"] == np.__version__


def test_an_evaluation_draws_figures(place):
    line = "evaluate --ratings @R.csv --movies @M.csv --protocol random --models popularity,bias"
    assert run(place, f"{line} --learning-curve 0.5 1 --out @drawn") == 0
    drawn = {path.name.removeprefix("random-") for path in (place / "drawn").glob("*.png")}
    assert drawn >= {
        "ratings.png",
        "times.png",
        "quality-by-history.png",
        "accuracy-and-coverage.png",
        "learning-curve.png",
        "cost.png",
    }


def test_tuning_reports_every_trial(place, capsys):
    line = "evaluate --ratings @R.csv --protocol random --models popularity,bias --tune --trials 3"
    assert run(place, f"{line} --out @tuned") == 0
    report = json.loads((place / "tuned" / "popularity.json").read_text())
    assert report["objectives"] == {"random": "ndcg@10"}
    assert report["grid"] == json.loads(json.dumps(MODELS["popularity"].grid))
    assert len(report["trials"]) == 3
    assert report["trials"][0]["values"] == values_of(MODELS["popularity"](), report["grid"])
    assert report["command"].endswith(f"--out {place / 'tuned'}")
    date.fromisoformat(report["date"])
    assert "popularity  random ndcg@10 0." in capsys.readouterr().out


def test_tuning_for_several_protocols_tells_what_each_got(place, capsys):
    line = "evaluate --ratings @R.csv --protocol strong,newcomers-1 --models als --tune --trials 2"
    assert run(place, f"{line} --out @tuned") == 0
    report = json.loads((place / "tuned" / "als.json").read_text())
    assert report["objectives"] == {"strong": "ndcg@100", "newcomers-1": "ndcg@10"}
    assert set(report["trials"][1]["reached"]) == {"strong", "newcomers-1"}
    assert ", newcomers-1 ndcg@10 0." in capsys.readouterr().out


def test_what_is_set_holds_in_every_trial(place):
    line = "evaluate --ratings @R.csv --protocol random --models bias --objective rmse --out @tuned"
    stars = []
    for more in ("", " --set bias.user_damping=1000000"):
        assert run(place, f"{line} --tune --trials 1{more}") == 0
        trial = json.loads((place / "tuned" / "bias.json").read_text())["trials"][0]
        stars.append((trial["values"]["user_damping"], trial["reached"]["random"]["value"]))
    assert [damping for damping, _ in stars] == [5.0, 1e6]
    assert stars[0][1] != stars[1][1]


def test_too_few_ratings_to_tune_on_are_refused(place, capsys):
    rows = [tuple(row.values()) for row in read(place / "R.csv")[:2]]
    write(place / "few.csv", ("userId", "movieId", "rating", "timestamp"), rows)
    line = "evaluate --ratings @few.csv --protocol last --models bias --tune --out @tuned"
    assert "too few to tune on" in fails(place, capsys, line)


def test_several_protocols_need_tune(place, capsys):
    line = "evaluate --ratings @R.csv --protocol strong,random --models bias --out @r"
    assert "belong to --tune" in fails(place, capsys, line)
    assert "by itself" in fails(place, capsys, line.replace("random", "kfold") + " --tune")


@pytest.mark.parametrize("names", ["nothing", "random,nothing", "random,random", ","])
def test_protocols_that_are_not_there_or_twice_are_refused(place, names):
    with pytest.raises(SystemExit) as caught:
        run(place, f"evaluate --ratings @R.csv --protocol {names} --models bias --out @r --tune")
    assert caught.value.code == 2


def test_tuning_by_a_metric_the_model_lacks_is_refused(place, capsys):
    line = "evaluate --ratings @R.csv --protocol random --models popularity --tune --out @tuned"
    assert "not judged by rmse" in fails(place, capsys, f"{line} --objective rmse")
