"""What can go wrong with models in service."""


class RecommendationsError(Exception):
    """The root of this app's errors; the message is fit for people."""


class ModelNotReadyError(RecommendationsError):
    """No version of a model can be loaded."""


class NothingToLearnFromError(RecommendationsError):
    """There are no ratings to train on."""


class TrainingRunsAlreadyError(RecommendationsError):
    """Another process is training."""


class TrainingCancelledError(RecommendationsError):
    """Somebody asked for the training to stop."""


class TrainingFailedError(RecommendationsError):
    """The process that fitted a model failed, was killed or took too long."""


class ArtefactStorageError(RecommendationsError):
    """The storage of artefacts did not take or give a file as it should."""


class VersionNotServableError(RecommendationsError):
    """A version was asked for that does not exist, failed, or whose artefact is damaged."""


class MovieUnknownToModelError(RecommendationsError):
    """A movie is in the catalogue, but came in the very moment, or behind too many others."""

    def __init__(self, movie_id: int) -> None:
        super().__init__(f"The model does not know movie {movie_id} yet. It will in a moment.")
        self.movie_id = movie_id


class FullTrainingNeededError(RecommendationsError):
    """There is nothing an increment could start from."""

    def __init__(self, why: str) -> None:
        super().__init__(f"{why} An increment needs a full training first: manage.py train.")
