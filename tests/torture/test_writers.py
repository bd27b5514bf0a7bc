"""Fifty processes that write at once, readers beside them, kill -9 at random: no edit is lost, no file unreadable."""

import time
from pathlib import Path

from awsprof.profiles.model import KEY_ID
from tests.aws.account import unique_id
from tests.clients import awscli_1

from .crowd import Edit, Outcome, crowd, look
from .tally import LONG, Tally, tally
from .verbs import VERBS
from .world import AWSPROF, World, world

__all__ = ["tally"]  # a fixture

WRITERS, EDITS, READERS = (50, 20, 4) if LONG else (8, 4, 2)


def edits(there: World, writer: int, count: int) -> list[Edit]:
    """A writer's edits, of each file in turn, all of them of its own."""
    made = []
    for number in range(count):
        name, key_id = f"w{writer}:r{number}", unique_id("AKIA")
        if number % 3 == 0:
            words = ["add", "iam", f"w{writer}k{number}", "--stdin"]
            made.append(ours(words, f"{key_id}\n{'S' * 40}\n", f"w{writer}k{number}:iam", KEY_ID, key_id))
        elif number % 3 == 1:
            arn = f"arn:aws:iam::{there.sts.account}:role/R{number}"
            words = ["add", "role", name, "--role-arn", arn, "--source", "work:mfa"]
            made.append(ours(words, "", name, "role_arn", arn))
        else:
            setting = (f"x_of_{writer}_{number}", f"value{number}")
            words = ["set", "work:dev", "=".join(setting), "--force", "--yes"]
            made.append(ours(words, "", "work:dev", *setting))
    return made


def ours(words: list[str], given: str, name: str, key: str, value: str) -> Edit:
    return Edit([*AWSPROF, *words], given, lambda profiles: profiles.get(name, {}).get(key) == value)


def count(tally: Tally, forced: str, outcome: Outcome) -> None:
    print(f"{forced}: {outcome}")
    tally.add(f"{forced}: edits", len(outcome.done), outcome.lost)
    tally.add(f"{forced}: killed", len(outcome.killed), [])
    tally.add(f"{forced}: refused after ten seconds of waiting", len(outcome.refused), [])
    tally.add(f"{forced}: snapshots", outcome.snapshots, outcome.ours_unreadable)


def test_writers_that_are_killed(tmp_path: Path, tally: Tally) -> None:
    with world(tmp_path / "home", VERBS["rename"], 5) as there:
        writers = [edits(there, writer, EDITS) for writer in range(WRITERS)]
        outcome = crowd(there, writers, readers=READERS, kill_every=0.5, environ=there.environ)
        count(tally, f"{WRITERS} writers, kill -9 at random", outcome)
        assert there.verb(VERBS["set"]).returncode == 0
        assert there.state().left == ()
    assert outcome.killed, "nothing was killed"
    assert outcome.unreadable == 0
    # Somebody who waits for ten seconds is refused, and told so.
    assert [line for line in outcome.refused if "another awsprof is writing" not in line] == []
    assert tally.ours == []


def test_beside_a_writer_that_knows_no_lock(tmp_path: Path, tally: Tally) -> None:
    """`aws configure set` truncates and writes: what it makes unreadable is its own, and nothing of ours is."""
    aws_cli = awscli_1()
    with world(tmp_path / "home", VERBS["rename"], 5) as there:
        writers = [edits(there, writer, EDITS // 2) for writer in range(WRITERS // 5 + 1)]
        theirs = [aws_configure(aws_cli, number) for number in range(EDITS)]
        outcome = crowd(there, [*writers, theirs], readers=READERS, environ=there.environ)
    lost_of_theirs = [line for line in outcome.lost if line.startswith(aws_cli)]
    of_theirs = [edit for edit in outcome.done if edit.words[0] == aws_cli]
    print(f"beside aws configure set: {outcome}, of its own {len(of_theirs)} edits {len(lost_of_theirs)} lost")
    name, lost = "aws configure set", [line for line in outcome.lost if line not in lost_of_theirs]
    tally.add("beside aws configure set: snapshots", outcome.snapshots, ["unreadable"] * outcome.unreadable, name)
    tally.add("beside aws configure set: edits", len(of_theirs), lost_of_theirs, name)
    assert tally.ours == []
    tally.add("beside aws configure set: edits", len(outcome.done) - len(of_theirs), lost)  # which it wrote away


def aws_configure(program: str, number: int) -> Edit:
    name = f"theirs{number}"
    words = [program, "configure", "set", "region", f"eu-west-{number}", "--profile", name]
    return Edit(words, "", lambda profiles: profiles.get(name, {}).get("region") == f"eu-west-{number}")


def test_readers_know_what_was_renamed_into_place(tmp_path: Path) -> None:
    """What the counts above stand on."""
    path, new = tmp_path / "credentials", tmp_path / "new"
    path.write_text("[a]\nx = y\n")
    assert look(str(path)) == ""
    path.write_text("no section\n")
    assert look(str(path)).startswith("written in place: credentials")
    new.write_text("no section\n")
    time.sleep(0.02)  # a file system's clock may be as coarse as that
    new.rename(path)
    assert look(str(path)).startswith("replaced: credentials")
