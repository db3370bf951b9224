"""The operating-system account a private server runs as."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

DEDICATED_NAME = "marquee"


class PopenOptions(TypedDict, total=False):
    """The part of `subprocess.Popen`'s arguments that changes the account."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, kw_only=True)
class Account:
    """A user of the operating system."""

    user_id: int
    group_id: int

    @property
    def is_current(self) -> bool:
        """Whether this process runs as the account already."""
        return self.user_id == os.geteuid()

    def as_popen_options(self) -> PopenOptions:
        """Return what makes a child of root run as this account, with no group left of root's."""
        return {"user": self.user_id, "group": self.group_id, "extra_groups": []}

    def owns(self, path: Path) -> None:
        """Give the file or directory to the account."""
        os.chown(path, self.user_id, self.group_id)

    def may(self, test: str, path: Path) -> bool:
        """Whether the account passes the shell's file test (`-x`, `-r`, `-w`) on the path.

        Asked of the system by a process of that account: permission bits alone do not tell
        about parents, access lists or mount options.
        """
        asked = subprocess.run(  # noqa: S603
            ["/bin/sh", "-c", f'test {test} "$0"', os.fspath(path)],
            cwd="/",
            check=False,
            **self.as_popen_options(),
        )
        return asked.returncode == 0


def unprivileged_account(data: Path) -> Account | None:
    """Return the account root's servers run as; None when this process is not root's.

    Data that is there already belongs to whoever made it. Otherwise a system user of our own,
    and `nobody` where none can be made.
    """
    if os.geteuid() != 0:
        return None
    if data.exists() and data.stat().st_uid != 0:
        return Account(user_id=data.stat().st_uid, group_id=data.stat().st_gid)
    entry = _entry(DEDICATED_NAME) or _made_entry(DEDICATED_NAME) or pwd.getpwnam("nobody")
    return Account(user_id=entry.pw_uid, group_id=entry.pw_gid)


def _entry(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _made_entry(name: str) -> pwd.struct_passwd | None:
    """Make the system user; None where the system has no way to."""
    command = ["useradd", "--system", "--user-group", "--no-create-home"]
    options = ["--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", name]
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    try:
        subprocess.run(  # noqa: S603
            command + options,
            env={"PATH": path},
            check=True,
            stdin=subprocess.DEVNULL,
            capture_output=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return _entry(name)
