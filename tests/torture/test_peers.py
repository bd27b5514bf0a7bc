"""What people use besides, forced in the same way by the same harness: measured for the table, never asserted."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.aws.account import User
from tests.clients import awscli_1
from tests.secrets.canary import find_strace

from . import forcing
from .crowd import Edit, Profiles, crowd
from .judge import judge
from .tally import LONG, OURS, Tally, tally
from .test_faults import ERRORS
from .verbs import Verb
from .world import AWSPROF, PROFILES, SIZES, World, world

__all__ = ["tally"]  # a fixture

pytestmark = pytest.mark.skipif(not LONG, reason="measured by make torture")

ROOT = Path(__file__).resolve().parents[2]
PEERS = ROOT / ".tools" / "peers"
BASE = Verb("", "", tuple(PROFILES))
WRITERS, ROUNDS = 10, 4


class Peer(NamedTuple):
    """A program and an edit of the credentials file that it is used for; <N> stands for a number of its own."""

    program: tuple[str, ...]
    words: str
    given: str = ""
    section: str = ""
    """What the credentials file holds before."""
    written: tuple[str, str] = ("p<N>", "aws_session_token")
    """The section and key that it writes."""

    def line(self, number: int) -> list[str]:
        return [*self.program, *self.words.replace("<N>", str(number)).split()]

    def stands(self, number: int) -> Callable[[Profiles], bool]:
        name, key = self.written
        return lambda profiles: key in profiles.get(name.replace("<N>", str(number)), {})


KEYS = "aws_access_key_id = <ID>\naws_secret_access_key = <SECRET>\n"
NAMES = ("aws configure set", "aws-mfa", "awsume")


def peer_of(name: str) -> Peer:
    """A program as it is used; skips where it is not installed."""
    made = {
        OURS: Peer(AWSPROF, "add iam p<N> --stdin", "<ID>\n<SECRET>\n", written=("p<N>:iam", "aws_access_key_id")),
        "aws configure set": Peer(
            (awscli_1(),), "configure set aws_session_token value --profile p<N>", "", f"\n[p<N>]\n{KEYS}"
        ),
        "aws-mfa": Peer(
            (f"{PEERS}/aws-mfa/bin/aws-mfa",),
            "--profile p<N> --force",
            "<CODE>\n",
            f"\n[p<N>-long-term]\n{KEYS}aws_mfa_device = <DEVICE>\n",
        ),
        "awsume": Peer(
            (f"{PEERS}/awsume/bin/awsumepy",), "p<N> -o q<N>", "", f"\n[p<N>]\n{KEYS}", ("q<N>", "aws_access_key_id")
        ),
    }[name]
    if not os.access(made.program[0], os.X_OK):
        pytest.skip(f"{made.program[0]} is not installed")
    return made


def filled(text: str, number: int, user: User) -> str:
    text = text.replace("<N>", str(number)).replace("<DEVICE>", user.device_arn)
    text = text.replace("<CODE>", user.next_code() if "<CODE>" in text else "")
    return text.replace("<ID>", user.access_key_id).replace("<SECRET>", user.secret_access_key)


def prepared(there: World, peer: Peer, count: int) -> list[User]:
    """A user for each number, with keys in the credentials file as the peer wants them."""
    users = [there.sts.add_user(f"user{number}") for number in range(count)]
    there.known += [user.access_key_id for user in users]
    there.environ |= {"AWS_DEFAULT_REGION": "us-east-1", "NO_PROXY": "*"}
    with there.credentials.open("a") as file:
        file.write("".join(filled(peer.section, number, user) for number, user in enumerate(users)))
    (there.home / ".awsume").mkdir()
    return users


@contextmanager
def started(folder: Path, peer: Peer, size: str) -> Iterator[tuple[World, forcing.Run]]:
    """A home in which a peer has what it makes once for all, and how it is run there."""
    with world(folder, BASE, SIZES[size]) as there:
        user = prepared(there, peer, 1)[0]
        there.run([*peer.program, "--help"])
        yield there, lambda before: there.run(peer.line(0), filled(peer.given, 0, user), before=before)


@pytest.mark.parametrize("size", ["5", "400"])
@pytest.mark.parametrize("name", NAMES)
def test_stopped_as_we_are(tmp_path: Path, tally: Tally, name: str, size: str) -> None:
    find_strace()
    peer = peer_of(name)
    with started(tmp_path / "whole", peer, size) as (there, run):
        before = there.state()
        operations, done = forcing.record(run, there.home)
        assert done.status == 0, done.err
        after = there.state()
    assert before != after
    changing = [it for it in operations if it.counts and "/.aws/" in it.what]
    forms = {f"kill -9, {size} profiles": "signal=KILL"} | {
        f"{error} at an operation": f"error={error}" for error in ERRORS
    }
    for number, (operation, (forced, fault)) in enumerate(product(changing, forms.items())):
        with (
            started(tmp_path / str(number), peer, size) as (there, run),
            tally.run(forced, f"{name}: {operation}", name) as wrong,
        ):
            forcing.force(run, there.home, operation, fault)
            wrong.extend(judge(before, after, there.state()))
        shutil.rmtree(there.home)
    print(*(line[:300] for lines in tally.wrong.values() for line in lines), sep="\n")


@pytest.mark.parametrize("name", [OURS, *NAMES])
def test_ten_at_once(tmp_path: Path, tally: Tally, name: str) -> None:
    peer = peer_of(name)
    for turn in range(ROUNDS):
        with world(tmp_path / str(turn), BASE, 5) as there:
            users = prepared(there, peer, WRITERS)
            writers = [
                [Edit(peer.line(number), filled(peer.given, number, user), peer.stands(number))]
                for number, user in enumerate(users)
            ]
            outcome = crowd(there, writers, readers=1, environ=there.environ)
        print(f"{name}: {outcome}")
        tally.add("10 writers at once: edits, lost", len(outcome.done), outcome.lost, name)
        tally.add(
            "10 writers at once: snapshots, unreadable", outcome.snapshots, ["unreadable"] * outcome.unreadable, name
        )
    assert tally.ours == []
