"""Ten thousand profiles: every verb does what it does among five, and leaves all others as they are."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from .tally import LONG
from .verbs import READERS, VERBS, Verb
from .world import PROFILES, SIZES, State, bulk, world

MANY = SIZES["10,000"]
BULK = bulk(MANY - len(PROFILES))


def renamed(text: str) -> str:
    return text.replace("source_profile = work:mfa", "source_profile = acme:mfa")


def without_what_stood_on_it(text: str) -> str:
    """Without the sections that name the session, and the comments on them."""
    paragraphs = text.split("\n\n")
    return "\n\n".join(it for it in paragraphs if "source_profile = work:mfa" not in it)


NAMES = {*PROFILES, *re.findall(r"^\[(?:profile )?(.*)\]$", "".join(BULK), re.MULTILINE)}
DOMAINS = {name.partition(":")[0] for name in NAMES if ":" in name}

# What becomes of the other profiles, where a verb is about them, too.
OTHERS: dict[str, Callable[[str], str]] = {
    "rename a domain": renamed,
    "remove --cascade": without_what_stood_on_it,
}


IN_SHORT = ["add iam", "add mfa", "add role", "mfa", "set", "unset", "rename", "remove", "adopt"]


def after(home: Path, verb: Verb, size: int) -> tuple[State, str]:
    """The files as a verb leaves them, and what it printed."""
    with world(home, verb._replace(needs=tuple(PROFILES)), size) as there:
        done = there.verb(verb)
        assert done.returncode == 0, done.stderr
        return there.state(), done.stdout


@pytest.mark.parametrize("name", VERBS if LONG else IN_SHORT)
def test_a_verb_that_writes(name: str, tmp_path: Path) -> None:
    few, _ = after(tmp_path / "few", VERBS[name], len(PROFILES))
    many, _ = after(tmp_path / "many", VERBS[name], MANY)
    for text, whole, other in zip((few.config, few.credentials), (many.config, many.credentials), BULK, strict=True):
        others = full(OTHERS.get(name, str)(other))
        assert full(whole).count(others) == 1
        assert full(whole).replace(others, "") == full(text)
    assert many.left == ()


def full(text: str | None) -> str:
    """The lines that are not empty: whether one goes with a section depends on what comes behind it."""
    return "".join(f"{line}\n" for line in (text or "").split("\n") if line)


LISTED = {"list": NAMES, "ls": NAMES, "domains": DOMAINS}


@pytest.mark.parametrize("name", READERS)
def test_a_verb_that_reads(name: str, tmp_path: Path) -> None:
    few, expected = after(tmp_path / "few", Verb(READERS[name], "", (), active="work:dev"), len(PROFILES))
    many, said = after(tmp_path / "many", Verb(READERS[name], "", (), active="work:dev"), MANY)
    assert (many.config, many.credentials) == tuple(
        map("".join, zip((few.config or "", few.credentials or ""), BULK, strict=True))
    )
    if name in LISTED:
        shown = {word for line in said.splitlines() for word in line.removeprefix("*").split()[:1]}
        assert shown >= LISTED[name]
    else:
        assert without_numbers(said) == without_numbers(expected)


def without_numbers(text: str) -> str:
    """Without keys and times, of which each world has its own."""
    return re.sub(r"\S*\d\S*", "", text)
