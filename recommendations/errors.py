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
    """A movie is in the catalogue, but the model was trained before it came."""

    def __init__(self, movie_id: int) -> None:
        super().__init__(
            f"The model does not know movie {movie_id} yet. It will after its next training."
        )
        self.movie_id = movie_id
