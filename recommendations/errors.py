"""What can go wrong with models in service."""


class RecommendationsError(Exception):
    """The root of this app's errors; the message is fit for people."""


class ModelNotReadyError(RecommendationsError):
    """No version of a model can be loaded."""


class NothingToLearnFromError(RecommendationsError):
    """There are no ratings to train on."""


class TrainingRunsAlreadyError(RecommendationsError):
    """Another process is training."""


class VersionNotServableError(RecommendationsError):
    """A version was asked for that does not exist, failed, or whose artefact is damaged."""
