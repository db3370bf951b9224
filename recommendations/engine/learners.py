"""scikit-learn, imported only when a model is fitted with it.

With what it pulls in it takes 85 MB and half a second of processor time, of every process that
imports the models; a process that serves never needs it.
"""

from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True)
class Later:
    """Stand for a module until something of it is asked for."""

    module_name: str

    def __getattr__(self, name: str) -> Any:
        """Return what the module has under this name."""
        return getattr(import_module(self.module_name), name)


cluster = Later("sklearn.cluster")
decomposition = Later("sklearn.decomposition")
exceptions = Later("sklearn.exceptions")
extmath = Later("sklearn.utils.extmath")
