"""Errors of the engine; every one is an `EngineError`."""

from pathlib import Path


class EngineError(Exception):
    """Stand above every error the engine raises on purpose."""


class NotFittedError(EngineError):
    """Say that a model was asked for something before `fit` or loading."""


class HyperparameterError(EngineError, ValueError):
    """Say which hyperparameter is out of its range."""


class InvalidInteractionsError(EngineError, ValueError):
    """Say what is wrong with the arrays interactions or a history are built from."""


class UnknownItemError(EngineError, LookupError):
    """Say that an item is not among those the model knows."""


class UnsupportedError(EngineError):
    """Say that a model has no such ability, star predictions for instance."""


class UsageError(EngineError):
    """Name an option that does not go with the others."""


class InputFileError(EngineError, ValueError):
    """Point at the place of an input file that cannot be used."""

    def __init__(
        self, message: str, *, path: Path, line: int | None = None, column: str | None = None
    ) -> None:
        """Keep the place; `line` counts from 1, the header included."""
        self.path, self.line, self.column = path, line, column
        place = str(path)
        if line is not None:
            place += f", line {line}"
        if column is not None:
            place += f", column {column}"
        super().__init__(f"{place}: {message}")


class ArtefactError(EngineError):
    """Stand above everything that can be wrong with a stored model."""


class ArtefactMissingError(ArtefactError):
    """Say that a directory, its manifest or one of its files is not there."""


class ArtefactVersionError(ArtefactError):
    """Name the format version found and the one this program reads."""

    def __init__(self, *, found: object, expected: int, path: Path) -> None:
        """Keep both versions."""
        self.found, self.expected = found, expected
        super().__init__(
            f"{path} has artefact format version {found}; this program reads version {expected}. "
            "Train the model again."
        )


class ArtefactCorruptError(ArtefactError):
    """Say which file of an artefact is cut short, altered or unreadable."""


class ProcessLostError(EngineError):
    """A process that worked for this one was killed."""


class LeakError(EngineError):
    """Say what a split tells a model of what it is asked for."""
