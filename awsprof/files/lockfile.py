"""A lock for file systems without flock: a file that only one process can create, with its owner in it.

The kernel does not remove it when its owner dies, so a leftover is recognized: on the same machine by the process id,
on another one by its age. If that is wrong once, replace.py still sees that a file changed, and reads it again.
"""

from __future__ import annotations

import contextlib
import os

from awsprof.files.owner import own_as_folder
from awsprof.text.display import quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from contextlib import ExitStack

_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_LONGEST = 600.0  # seconds after which the lock of another machine is a leftover
_UNSIGNED = 5.0  # seconds after which a file without an owner is one: its maker was killed before writing it


def take(path: str, clock: int, taken: ExitStack) -> bool:
    """Create the lock file, and have it removed when the stack unwinds; return whether it could be created.

    Args:
        path: the lock file.
        clock: a writable descriptor in the same folder, whose time tells the age of another's lock file.
        taken: what removes the file.

    Raises:
        OSError: the file system does not let it be created.
    """
    owner = f"{_machine()} {os.getpid()} {os.urandom(8).hex()}"
    if not (_created(path, owner) or (_remove_leftover(path, clock) and _created(path, owner))):
        return False
    taken.callback(_release, path, owner)
    return True


def owner_of(path: str) -> str:
    """Return how to go on if the lock file is there and its owner is not; empty if there is no lock file."""
    machine, pid = _parts(_read(path))
    host = machine.partition("/")[0]
    return f"if process {pid} on {quoted(host)} has ended, delete {quoted(path)}" if pid else ""


def _created(path: str, owner: str) -> bool:
    try:
        descriptor = os.open(path, _FLAGS, 0o600)
    except FileExistsError:
        return False
    try:
        with open(descriptor, "w", encoding="utf-8") as file:
            own_as_folder(descriptor, os.path.dirname(path))
            file.write(owner)
    except BaseException:
        os.unlink(path)
        raise
    return True


def _release(path: str, owner: str) -> None:
    if _read(path) == owner:
        with contextlib.suppress(OSError):
            os.unlink(path)


def _remove_leftover(path: str, clock: int) -> bool:
    """Remove a lock file whose owner has gone. It is moved aside first: another process may replace it meanwhile."""
    owner = _read(path)
    if not _is_leftover(path, owner, clock):
        return False
    aside = f"{path}.{os.urandom(8).hex()}"
    with contextlib.suppress(FileNotFoundError):
        os.rename(path, aside)
        if _read(aside) != owner:
            os.rename(aside, path)
            return False
        os.unlink(aside)
    return True


def _is_leftover(path: str, owner: str, clock: int) -> bool:
    machine, pid = _parts(owner)
    if machine == _machine():
        return not _is_alive(int(pid))
    age, size = _age_and_size(path, clock)
    return age > (_LONGEST if size else _UNSIGNED)


def _parts(owner: str) -> tuple[str, str]:
    """Split an owner into its machine and process id; both are empty if it is not one."""
    words = owner.split(" ")
    return (words[0], words[1]) if len(words) == 3 and words[1].isdecimal() else ("", "")


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass
    return True


def _age_and_size(path: str, clock: int) -> tuple[float, int]:
    """Return the age of a file in seconds, by the file server's clock (another machine's may differ), and its size."""
    with contextlib.suppress(OSError):
        os.utime(clock)
        found = os.stat(path)
        return os.fstat(clock).st_mtime - found.st_mtime, found.st_size
    return 0.0, 0


def _machine() -> str:
    """Return this machine, its boot and its process ids' namespace: where a process id means the same process."""
    boot = _read("/proc/sys/kernel/random/boot_id").strip()
    space = ""
    with contextlib.suppress(OSError):
        space = os.readlink("/proc/self/ns/pid")
    return f"{os.uname().nodename}/{boot}/{space}".replace(" ", "_")


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read(1000)
    except OSError:
        return ""
