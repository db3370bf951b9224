"""Fit, predict, recommend, explain and evaluate from the command line.

Files have MovieLens' columns. Bad input ends with exit code 2 and one line that names file, line
and column.
"""

import argparse
import json
import logging
import shlex
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from recommendations.engine import commands
from recommendations.engine.base import USUAL_COVERAGE
from recommendations.engine.dataset import InputFiles
from recommendations.engine.errors import EngineError, UsageError
from recommendations.engine.evaluation.command import evaluate
from recommendations.engine.evaluation.protocols import FILES, FOLDS, NCF, PROTOCOL_NAMES
from recommendations.engine.evaluation.runs import Request
from recommendations.engine.models import MODELS, from_json
from recommendations.engine.ranking.plan import EXPLORATION_PLACES, SITE_PLAN, ListPlan

BAD_INPUT = 2
_USUAL_FOLDS = 5
_USUAL_TRIALS = 20


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    options = _parser().parse_args(words, argparse.Namespace(words=words))
    logging.basicConfig(level=logging.INFO, format="%(levelname)s: %(message)s", stream=sys.stderr)
    try:
        _run(options)
    except EngineError as error:
        return _complain(str(error))
    except OSError as error:
        return _complain(f"{error.filename or 'output'}: {error.strerror or error}")
    return 0


def _complain(message: str) -> int:
    sys.stderr.write(f"error: {' '.join(message.split())}\n")
    return BAD_INPUT


def _run(options: argparse.Namespace) -> None:
    match options.command:
        case "fit":
            commands.fit(
                _files(options), model_name=options.model, seed=options.seed, out=options.out
            )
        case "predict":
            commands.predict(
                directory=options.model,
                history_path=options.history,
                pairs_path=options.pairs,
                coverage=options.interval,
                out=options.out,
            )
        case "recommend":
            commands.recommend(
                directory=options.model,
                history_path=options.history,
                users_path=options.users,
                k=options.k,
                plan=_plan(options),
                out=options.out,
            )
        case "explain":
            if options.all_pairs and options.top is None:
                raise UsageError("--all-pairs belongs to --top")
            commands.explain(
                directory=options.model,
                history_path=options.history,
                user_id=options.user,
                movie_id=options.movie,
                top=options.top,
                tries_all_pairs=options.all_pairs,
                stream=sys.stdout,
            )
        case _:
            evaluate(_files(options), _request(options), out=options.out, stream=sys.stdout)


def _plan(options: argparse.Namespace) -> ListPlan:
    """Return the list by score alone, or the site's, with what else was asked for."""
    plan = SITE_PLAN if options.site else ListPlan()
    names = ("diversity", "calibration", "popularity", "newness", "decade")
    asked = {name: getattr(options, name) for name in names}
    plan = replace(plan, **{name: value for name, value in asked.items() if value is not None})
    if options.explore and not plan.exploration_places:
        plan = replace(plan, exploration_places=EXPLORATION_PLACES)
    return plan


def _request(options: argparse.Namespace) -> Request:
    _refuse_idle_options(options)
    protocol, *more_protocols = options.protocol
    return Request(
        protocol=protocol,
        more_protocols=more_protocols,
        models=options.models,
        seed=options.seed,
        repeats=options.repeats or 1,
        folds=options.folds or _USUAL_FOLDS,
        tests=options.test,
        ncf=options.ncf,
        trials=(options.trials or _USUAL_TRIALS) if options.tune else 0,
        objective=options.objective,
        shares=options.learning_curve,
        settings=_by_model(options.set),
        draws_figures=not options.no_figures,
        command=shlex.join(["python", "-m", "recommendations.engine", *options.words]),
    )


def _refuse_idle_options(options: argparse.Namespace) -> None:
    """Raise `UsageError` for an option that would change nothing: its user expects it to."""
    protocol = options.protocol[0]
    _refuse_several_protocols(options.protocol, is_tuning=options.tune)
    if not options.tune:
        _refuse(options, ("trials", "objective"), "belongs to --tune")
    else:
        _refuse(options, ("repeats", "learning_curve"), "does not go with --tune")
        if len(options.test) > 1:
            raise UsageError("--tune seeks on one split: give it one file of --test")
    if protocol != FOLDS:
        _refuse(options, ["folds"], f"belongs to protocol {FOLDS}, not to {protocol}")
    if protocol in {FILES, NCF}:
        _refuse(options, ["repeats"], f"draws splits, and those of protocol {protocol} are given")
    for model, name, _ in options.set:
        if model not in options.models:
            raise UsageError(f"--set {model}.{name}: {model} is not among --models")


def _refuse_several_protocols(names: Sequence[str], *, is_tuning: bool) -> None:
    if len(names) > 1 and not is_tuning:
        raise UsageError("several protocols at once belong to --tune")
    for name in {FOLDS, FILES, NCF} & set(names):
        if len(names) > 1:
            raise UsageError(f"protocol {name} is tuned for by itself, not with others")


def _refuse(options: argparse.Namespace, names: Sequence[str], why: str) -> None:
    for name in names:
        if getattr(options, name):
            raise UsageError(f"--{name.replace('_', '-')} {why}")


def _files(options: argparse.Namespace) -> InputFiles:
    return InputFiles(
        ratings=options.ratings,
        movies=options.movies,
        tags=options.tags,
        metadata=options.metadata,
        demographics=options.demographics,
        events=options.events,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="recommendations.engine", description=__doc__)
    commands_ = parser.add_subparsers(dest="command", required=True)
    _add_fit(commands_.add_parser("fit", help="fit a model and write its artefact"))
    _add_predict(commands_.add_parser("predict", help="predict stars for pairs"))
    _add_recommend(commands_.add_parser("recommend", help="rank movies for users"))
    _add_explain(commands_.add_parser("explain", help="account for one score, as JSON"))
    _add_evaluate(commands_.add_parser("evaluate", help="compare models on a protocol"))
    return parser


def _add_files(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--ratings", type=Path, required=True, metavar="R.csv")
    for name in ("movies", "tags", "metadata", "demographics", "events"):
        parser.add_argument(f"--{name}", type=Path, metavar=f"{name[0].upper()}.csv")
    parser.add_argument("--seed", type=_seed, default=7)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")


def _add_fit(parser: argparse.ArgumentParser) -> None:
    _add_files(parser)
    parser.add_argument("--model", choices=list(MODELS), default="hybrid")


def _add_model_and_history(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", type=Path, required=True, metavar="DIR")
    parser.add_argument("--history", type=Path, required=True, metavar="H.csv")


def _add_predict(parser: argparse.ArgumentParser) -> None:
    _add_model_and_history(parser)
    parser.add_argument("--pairs", type=Path, required=True, metavar="P.csv")
    parser.add_argument(
        "--interval",
        type=_coverage,
        nargs="?",
        const=USUAL_COVERAGE,
        metavar="SHARE",
        help="also write lowest and highest: the stars between which that share of ratings to come "
        f"will lie ({USUAL_COVERAGE:g} where no share is given)",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="O.csv")


def _add_recommend(parser: argparse.ArgumentParser) -> None:
    _add_model_and_history(parser)
    parser.add_argument("--users", type=Path, metavar="U.csv")
    parser.add_argument("-k", type=_positive, default=100)
    parser.add_argument("--site", action="store_true", help="make lists as the site does")
    for name, what in (("diversity", "unlike movies"), ("calibration", "the history's genres")):
        parser.add_argument(f"--{name}", type=_share, help=f"{what}: 0 (off) to 1")
    for name, what in (("popularity", "little or widely known"), ("newness", "old or new movies")):
        parser.add_argument(f"--{name}", type=_direction, help=f"{what}: -1 to 1")
    parser.add_argument("--decade", type=_year, help="prefer a decade: 1970 for the seventies")
    parser.add_argument("--explore", action="store_true", help="put in a guess or two")
    parser.add_argument("--out", type=Path, required=True, metavar="O.csv")


def _add_explain(parser: argparse.ArgumentParser) -> None:
    _add_model_and_history(parser)
    parser.add_argument("--user", type=_outer_id, required=True)
    parser.add_argument("--movie", type=_outer_id, required=True)
    parser.add_argument("--top", type=_positive, help="name the ratings this place hangs on")
    parser.add_argument(
        "--all-pairs",
        action="store_true",
        help="of --top: try every pair, so that two are found if two do it, beyond 200 ratings too",
    )


def _add_evaluate(parser: argparse.ArgumentParser) -> None:
    _add_files(parser)
    protocol = "with --tune also several: NAME,NAME"
    parser.add_argument(
        "--protocol", type=_protocol_names, required=True, metavar="NAME", help=protocol
    )
    parser.add_argument("--models", type=_model_names, required=True, metavar="a,b,c")
    several: Mapping[str, Any] = {"nargs": "+", "action": "extend", "default": []}
    parser.add_argument("--set", type=_setting, metavar="MODEL.NAME=JSON", **several)
    parser.add_argument("--repeats", type=_positive, help="splits of seed, seed + 1, … (1)")
    parser.add_argument("--folds", type=_folds, help=f"of protocol kfold ({_USUAL_FOLDS})")
    parser.add_argument("--test", type=Path, metavar="T.csv", **several)
    parser.add_argument("--ncf", type=Path, metavar="DIR", help="files of protocol ncf")
    parser.add_argument("--learning-curve", type=_part, metavar="SHARE", **several)
    parser.add_argument("--no-figures", action="store_true", help="write no PNG files")
    parser.add_argument("--tune", action="store_true", help="seek hyperparameters instead")
    trials = f"of --tune, for each model ({_USUAL_TRIALS})"
    parser.add_argument("--trials", type=_positive, help=trials)
    parser.add_argument("--objective", metavar="METRIC", help="of --tune, ndcg@10 for instance")


def _setting(text: str) -> tuple[str, str, Any]:
    """Read als.factors=32 as model, hyperparameter and value."""
    place, _, value = text.partition("=")
    model, _, name = place.partition(".")
    if model not in MODELS or not name:
        raise argparse.ArgumentTypeError(f"expected MODEL.NAME=JSON, got {text!r}")
    try:
        return model, name, from_json(json.loads(value))
    except (ValueError, RecursionError):
        raise argparse.ArgumentTypeError(f"{value[:80]!r} is not JSON") from None


def _by_model(settings: Sequence[tuple[str, str, Any]]) -> dict[str, dict[str, Any]]:
    by_model: dict[str, dict[str, Any]] = {}
    for model, name, value in settings:
        by_model.setdefault(model, {})[name] = value
    return by_model


def _positive(text: str) -> int:
    return _whole(text, 1, 2**31)


def _folds(text: str) -> int:
    return _whole(text, 2, 2**31)


def _seed(text: str) -> int:
    return _whole(text, 0, 2**32)  # as far as scikit-learn takes them


def _outer_id(text: str) -> int:
    return _whole(text, -(2**63), 2**63)


def _year(text: str) -> int:
    return _whole(text, 1, 10_000)


def _whole(text: str, least: int, limit: int) -> int:
    try:
        number = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a whole number, got {text!r}") from None
    if not least <= number < limit:
        raise argparse.ArgumentTypeError(f"must be {least} to {limit - 1}, got {text}")
    return number


def _share(text: str) -> float:
    return _between(text, 0.0)


def _direction(text: str) -> float:
    return _between(text, -1.0)


def _between(text: str, least: float) -> float:
    try:
        number = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a number, got {text!r}") from None
    if not least <= number <= 1:
        raise argparse.ArgumentTypeError(f"must be between {least:g} and 1, got {text}")
    return number


def _coverage(text: str) -> float:
    number = _share(text)
    if number in {0.0, 1.0}:
        raise argparse.ArgumentTypeError(f"must be above 0 and below 1, got {text}")
    return number


def _part(text: str) -> float:
    number = _share(text)
    if not number:
        raise argparse.ArgumentTypeError("must be above 0")
    return number


def _model_names(text: str) -> list[str]:
    return _names(text, "model", MODELS)


def _protocol_names(text: str) -> list[str]:
    return _names(text, "protocol", PROTOCOL_NAMES)


def _names(text: str, kind: str, known: Collection[str]) -> list[str]:
    """Read names with commas between them, each once."""
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in known:
            raise argparse.ArgumentTypeError(f"unknown {kind} {name!r}: {', '.join(known)}")
        if names.count(name) > 1:
            raise argparse.ArgumentTypeError(f"{kind} {name} stands there twice")
    return names


if __name__ == "__main__":
    sys.exit(main())
