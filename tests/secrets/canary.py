"""A canary for secrets: a command runs under strace, and every byte its processes wrote or passed on is searched.

That is argv and environment of each program started, and each write to a file (one removed again, too), a pipe, a
terminal or a socket. Looked for are the secret itself, its base64, hex and URL-encoded forms, and parts of them.
"""

import base64
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import pytest

from tests.clients import missing

CALLS = "execve,write,writev,pwrite64,pwritev,sendto,sendmsg"
STRACE = (
    "strace",
    "--seccomp-bpf",
    "-f",
    "-qq",
    "-y",
    "-v",
    "-s",
    "9999999",
    "-e",
    f"trace={CALLS}",
    "-e",
    "signal=none",
)
PART = 12
"""Of a long secret, parts of so many characters are looked for, beginning at every fourth."""


class Leak(NamedTuple):
    """A secret by its name, and where it was seen: `argv`, `environment`, `socket`, or the path that was written."""

    secret: str
    place: str


def find_strace() -> None:
    """Skip where strace is missing or may not trace; fail where it must be there."""
    if not shutil.which("strace"):
        missing("strace", "strace is not installed")
    if subprocess.run([*STRACE, "-o", os.devnull, "true"], capture_output=True).returncode:
        pytest.skip("nothing may be traced here")


def forms(secret: str) -> list[str]:
    """A secret as it is, and as it may be spelt."""
    data = secret.encode()
    spelt = [secret, quote(secret, safe=""), data.hex(), data.hex().upper()]
    # Within other text base64 begins at any of three places; what its neighbours change at both ends is left out.
    for before in range(3):
        text = base64.b64encode(b"x" * before + data).decode().rstrip("=")
        spelt.append(text[4 if before else 0 : len(text) // 4 * 4])
    return spelt + [text.translate(str.maketrans("+/", "-_")) for text in spelt[-3:]]


def holds(text: str, secret: str) -> bool:
    """Whether a text holds a secret, in any form or, where it is long enough, any part of one."""
    if len(secret) < PART:  # a code: six digits within other digits are chance
        return any(re.search(rf"(?<![0-9a-f]){re.escape(form)}(?![0-9a-f])", text) for form in forms(secret) if form)
    start = 16 if secret.startswith("IQoJb3JpZ2luX2Vj") else 0  # so begins every token
    return any(
        form[at : at + PART] in text
        for form in forms(secret[start:])
        for at in range(0, max(1, len(form) - PART + 1), 4)
    )


class Watched(NamedTuple):
    """How a command ended, and what its processes did, as (place, text)."""

    status: int
    out: str
    err: str
    acts: list[tuple[str, str]]

    def leaks(self, secrets: Mapping[str, str]) -> set[Leak]:
        """Where each secret, by its name, was seen."""
        by_place: dict[str, str] = {}
        for place, text in self.acts:
            by_place[place] = f"{by_place.get(place, '')}\n{text}"
        return {
            Leak(name, place)
            for place, text in by_place.items()
            for name, secret in secrets.items()
            if holds(text, secret)
        }


def watch(
    words: Sequence[str], trace: Path, *, given: str = "", cwd: Path, environ: Mapping[str, str] | None = None
) -> Watched:
    """Run a command under strace, without a terminal."""
    done = subprocess.run(
        [*STRACE, "-o", str(trace), "--", *words],
        input=given,
        env=None if environ is None else dict(environ),
        capture_output=True,
        text=True,
        errors="replace",
        cwd=cwd,
        timeout=120,
    )
    acts = list(acts_of(trace.read_text(errors="replace")))
    trace.unlink()
    assert acts, "nothing was traced"
    return Watched(done.returncode, done.stdout, done.stderr, [*acts, ("stdout", done.stdout), ("stderr", done.stderr)])


def acts_of(trace: str) -> Iterator[tuple[str, str]]:
    """What strace wrote down, as (place, text)."""
    for line in trace.splitlines():
        started = re.match(r"\d+ +execve\((.*)\], (\[.*)", line)
        if started:
            yield "argv", started[1]
            yield "environment", started[2]
        elif written := re.match(r"\d+ +\w+\(\d+(?:<(.*?)>)?, (.*)", line):
            place = written[1] or "?"
            yield "socket" if place.startswith(("TCP", "socket:")) else place, written[2]


def left_in(folder: Path, secrets: Mapping[str, str], *, but: Sequence[Path]) -> set[Leak]:
    """The secrets that lie in the files of a folder, except in some."""
    files = [file for file in folder.rglob("*") if file.is_file() and file not in but]
    return {
        Leak(name, str(file))
        for file in files
        for name, secret in secrets.items()
        if holds(file.read_bytes().decode("latin-1"), secret)
    }
