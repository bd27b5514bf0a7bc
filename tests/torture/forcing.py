"""A program run under strace: what it does to the files of a folder, killed before it does so, or told that it failed.

A first run is recorded; the nth call of a name is where later runs are forced. Each of those writes down what it did,
too, and one that went another way counts for nothing: `StrayedError` says so.
"""

import compileall
import re
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import awsprof

PACKAGE = Path(awsprof.__file__).parent
# Where the kernel knows an older and a newer call for the same, either; `?`: not on every machine.
CHANGES = (
    "open,openat,creat,write,writev,pwrite64,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,link,linkat,"
    "symlink,symlinkat,chmod,fchmod,fchmodat,chown,fchown,lchown,fchownat,mkdir,mkdirat,rmdir,truncate,ftruncate,"
    "utimensat,flock,setxattr,fsetxattr,removexattr,fremovexattr"
)
READS = "read,pread64,getdents64,readlink,readlinkat"
_READ_ONLY = re.compile(r"^(open\w*\(.*O_RDONLY|flock|(" + READS.replace(",", "|") + r")\()")
_CALL = re.compile(r"^(\w+)\(")


class StrayedError(Exception):
    """A run did not do what the recorded one did."""


class Operation(NamedTuple):
    """The nth call of a name, and what it was, without what differs from run to run."""

    call: str
    nth: int
    what: str

    @property
    def changes(self) -> bool:
        """Whether anything in the folder may be another afterwards."""
        return not _READ_ONLY.match(self.what)

    @property
    def counts(self) -> bool:
        """Whether what changes is more than the cache, which can be made again at any time."""
        return self.changes and "/.cache" not in self.what

    def __str__(self) -> str:
        return f"{self.what} [{self.nth}]"


class Ran(NamedTuple):
    """How a forced run ended; -9 where it was killed."""

    status: int
    out: str
    err: str


Run = Callable[[tuple[str, ...]], "subprocess.CompletedProcess[str]"]
"""Runs the program behind a prefix of words."""


def _prefix(trace: Path, calls: str, *inject: str) -> tuple[str, ...]:
    asked = ",".join(f"?{call}" for call in calls.split(","))
    words = ["strace", "-qq", "-y", "-e", f"trace={asked}", "-e", "signal=none", "-o", str(trace)]
    return (*words, *(word for one in inject for word in ("-e", f"inject={one}")), "--")


def record(run: Run, folder: Path, *, calls: str = CHANGES) -> tuple[list[Operation], Ran]:
    """Every operation on the files of a folder that a whole run does.

    All modules are compiled first: a run that finds one without its `.pyc` opens more files than the next.
    """
    compileall.compile_dir(str(PACKAGE), quiet=1)
    trace = folder.parent / "trace"
    done = run(_prefix(trace, calls))
    lines = trace.read_text(errors="replace").splitlines()
    counted: Counter[str] = Counter()
    operations = []
    for line in lines:
        if (found := _CALL.match(line)) is None:
            continue
        counted[found[1]] += 1
        if f"{folder}/" in line or f"<{folder}>" in line or f'"{folder}"' in line:
            operations.append(Operation(found[1], counted[found[1]], _alike(line, folder)))
    return operations, Ran(done.returncode, done.stdout, done.stderr)


def thinned(operations: list[Operation]) -> list[Operation]:
    """What changes the AWS files or the start-up file, and of the rest, most of it done many times, each thing once.

    Before two things that change nothing a home is the same, and a program mostly reads a file by one function.
    """
    last = {it.what: it for it in operations}
    return [it for it in operations if it.counts or it is last[it.what]]


def force(run: Run, folder: Path, at: Operation, fault: str) -> Ran:
    """Run it again, and at that operation inject a fault: `signal=KILL`, `error=ENOSPC`.

    A signal comes before the operation is done, and an error in its place.

    Raises:
        StrayedError: it was not there that it struck.
    """
    trace = folder.parent / "trace"
    done = run(_prefix(trace, at.call, f"{at.call}:{fault}:when={at.nth}"))
    struck = "= ?" if fault.startswith("signal") else "(INJECTED)"
    lines = [line for line in trace.read_text(errors="replace").splitlines() if struck in line and _CALL.match(line)]
    if [_alike(line, folder) for line in lines[:1]] != [at.what]:
        raise StrayedError(f"{at}: {lines}")
    return Ran(done.returncode, done.stdout, done.stderr)


def _alike(line: str, folder: Path) -> str:
    """A line without numbers of descriptors and processes, random names, times, data and result."""
    line = re.sub(r"\) += [^=]*$|, \[\].*$", ")", line).replace(str(folder), "~")
    line = re.sub(r"\.awsprof-tmp-\w+", ".awsprof-tmp-*", re.sub(r"AT_FDCWD<[^>]*>, ", "", line))
    line = re.sub(r"\b\d+(<[^>]*>)", r"\1", line)
    if line.startswith(("write", "pwrite", "read(", "pread")):
        line = line.partition(">")[0] + ">)"
    if line.startswith(("getdents", "readlink", "utimensat")):
        line = line.partition(", ")[0].rstrip(")") + ")"
    line = re.sub(r"(?:AKIA|ASIA)[A-Z2-7]{16}", "KEY", line)
    return re.sub(r"(?<=/at/)[\d.]+|(?<=~)\d+", "*", line)
