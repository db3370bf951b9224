"""A storage of Django's that is no file system."""

import threading
from typing import ClassVar

from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage

_LONGEST_HANG = 30.0


class BucketError(Exception):
    """What a library for some service raises, of no kind that anybody else knows."""


class Bucket(Storage):
    """Keep objects by their names: there are no paths, no directories and nothing to rename."""

    objects: ClassVar[dict[str, bytes]] = {}
    is_away: ClassVar[bool] = False
    may_answer: ClassVar[threading.Event | None] = None

    def _open(self, name: str, mode: str = "rb") -> File:
        self._answer()
        if name not in self.objects:
            raise FileNotFoundError(name)
        return ContentFile(self.objects[name], name=name)

    def _save(self, name: str, content: File) -> str:
        self._answer()
        self.objects[name] = b"".join(content.chunks())
        return name

    def delete(self, name: str) -> None:
        self._answer()
        self.objects.pop(name, None)

    def exists(self, name: str) -> bool:
        self._answer()
        return name in self.objects

    def size(self, name: str) -> int:
        self._answer()
        return len(self.objects[name])

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        self._answer()
        prefix = f"{path}/" if path else ""
        below = [name.removeprefix(prefix) for name in self.objects if name.startswith(prefix)]
        directories = {name.partition("/")[0] for name in below if "/" in name}
        return sorted(directories), [name for name in below if "/" not in name]

    def _answer(self) -> None:
        if self.may_answer is not None:
            self.may_answer.wait(_LONGEST_HANG)
        if self.is_away:
            raise BucketError("no answer")
