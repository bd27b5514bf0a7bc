"""Many processes that write at once, some of them killed, and readers who look all the while."""

import multiprocessing
import os
import random
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import NamedTuple

import botocore.configloader  # noqa: TID253 - a test is no switch
import botocore.exceptions  # noqa: TID253

from .judge import Settings, merged, refused
from .world import World

Profiles = Mapping[str, Settings]


class Edit(NamedTuple):
    """A command line, its stdin, and whether what it wrote stands in the files."""

    words: list[str]
    given: str
    stands: Callable[[Profiles], bool]


class Outcome:
    """What became of all the edits, and what the readers saw."""

    def __init__(self) -> None:
        self.done: list[Edit] = []
        self.killed: list[Edit] = []
        self.refused: list[str] = []
        self.lost: list[str] = []
        self.snapshots = 0
        self.unreadable = 0
        self.ours_unreadable: list[str] = []

    def __str__(self) -> str:
        return (
            f"{len(self.done)} done, of these {len(self.lost)} lost; {len(self.killed)} killed, "
            f"{len(self.refused)} refused; {self.snapshots} snapshots, of these {self.unreadable} unreadable"
        )


class _Live:
    """The processes that run just now, for whoever kills one."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.running: dict[int, subprocess.Popen[str]] = {}
        self.over = threading.Event()

    def kill_now_and_then(self, seconds: float) -> None:
        dice = random.Random(1)
        while not self.over.wait(dice.expovariate(1 / seconds)):
            with self.lock:
                if self.running:
                    self.running[dice.choice(sorted(self.running))].kill()


def crowd(
    there: World, writers: Sequence[Sequence[Edit]], *, readers: int, kill_every: float = 0, environ: Mapping[str, str]
) -> Outcome:
    """Have each writer make its edits one after the other, all writers at once.

    Args:
        there: the home.
        writers: the edits of each; no two edits overwrite each other.
        readers: how many processes read both files all the while, as botocore does.
        kill_every: seconds between two `kill -9` of one of them, on the average; 0 kills none.
        environ: the environment of the writers.
    """
    outcome, live = Outcome(), _Live()
    with _Readers(there, readers, outcome):
        threads = [threading.Thread(target=_write, args=(edits, live, outcome, environ)) for edits in writers]
        killer = threading.Thread(target=live.kill_now_and_then, args=(kill_every,))
        for thread in (*threads, *([killer] if kill_every else [])):
            thread.start()
        for thread in threads:
            thread.join()
        live.over.set()
    if refused(there.config, there.credentials):
        outcome.lost += [f"nothing can be read: {' '.join(edit.words)}" for edit in outcome.done]
    else:
        profiles = merged(there.config, there.credentials)
        outcome.lost += [" ".join(edit.words) for edit in outcome.done if not edit.stands(profiles)]
    return outcome


def _write(edits: Sequence[Edit], live: _Live, outcome: Outcome, environ: Mapping[str, str]) -> None:
    pipe = subprocess.PIPE
    for edit in edits:
        with live.lock:
            process = subprocess.Popen(
                edit.words, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=dict(environ), cwd="/"
            )
            live.running[process.pid] = process
        _, err = process.communicate(edit.given)
        with live.lock:
            del live.running[process.pid]
            if process.returncode == 0:
                outcome.done.append(edit)
            elif process.returncode == -9:
                outcome.killed.append(edit)
            else:
                outcome.refused.append(f"{' '.join(edit.words)}: exit {process.returncode}, {err.strip()}")


class _Readers:
    """Processes that read as long as the `with` block lasts."""

    def __init__(self, there: World, count: int, outcome: Outcome) -> None:
        context = multiprocessing.get_context("spawn")
        self.outcome, self.over, self.seen = outcome, context.Event(), context.Queue()
        paths = (str(there.config), str(there.credentials))
        self.processes = [context.Process(target=read_on, args=(paths, self.over, self.seen)) for _ in range(count)]

    def __enter__(self) -> None:
        for process in self.processes:
            process.start()
        for _ in self.processes:
            self.seen.get(timeout=60)  # it has begun

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for _process in self.processes:
            snapshots, unreadable, ours = self.seen.get(timeout=60)
            self.outcome.snapshots += snapshots
            self.outcome.unreadable += unreadable
            self.outcome.ours_unreadable += ours
        for process in self.processes:
            process.join()


def read_on(paths: Sequence[str], over: Event, seen: "Queue[object]") -> None:
    """Read both files until it is over; tells how often, how often in vain, and which of the latter are of awsprof."""
    snapshots, unreadable = 0, 0
    ours: list[str] = []
    seen.put("begun")
    while not over.is_set():
        for path in paths:
            snapshots += 1
            found = look(path)
            unreadable += bool(found)
            ours += [found] if found.startswith("replaced") else []
        time.sleep(0.001)
    seen.put((snapshots, unreadable, ours))


def look(path: str) -> str:
    """Why a file cannot be read by botocore; nothing where it can.

    What was renamed into place has a change of its inode (the rename) after the last of its bytes; what was written to
    in place has both at once.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return "gone"
    try:
        before = os.fstat(descriptor)
        botocore.configloader.raw_config_parse(f"/dev/fd/{descriptor}")
    except botocore.exceptions.ConfigParseError as error:
        after = os.fstat(descriptor)
        renamed = (before.st_mtime_ns, before.st_ctime_ns) == (after.st_mtime_ns, after.st_ctime_ns) and (
            after.st_ctime_ns > after.st_mtime_ns
        )
        return f"{'replaced' if renamed else 'written in place'}: {Path(path).name}: {error}"
    finally:
        os.close(descriptor)
    return ""
