"""An error says what, and what next; every command that a message names is there."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import awsprof
from awsprof import errors

from .test_help import COMMANDS

FILES = sorted(Path(awsprof.__path__[0]).rglob("*.py"))
NAMES = [name for name, each in vars(errors).items() if isinstance(each, type) and name != "CancelledError"]
# Caught where they are raised from: nobody meets it.
INNER = {"editing.py": [""]}
WORDS = {name.split()[0] for name in COMMANDS} | {"add"}
# What follows the name of the program in a sentence about it.
PROSE = "again|as|asks|block|by|cannot|does|failed|has|hook|is|keeps|program|read|shell|switches|to"


def raised(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in NAMES:
            yield ast.unparse(node.args[0]).strip("'\""), node


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_error_says_what_next(path: Path) -> None:
    bare = [
        what
        for what, call in raised(ast.parse(path.read_text()))
        if len(call.args) + len(call.keywords) < 2 and not isinstance(call.args[0], ast.Starred)
    ]
    assert bare == INNER.get(path.name, [])


def said(tree: ast.AST) -> Iterator[str]:
    """What the code may print: strings, but no docstrings."""
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.value


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_command_that_is_named_is_there(path: Path) -> None:
    named = {
        word for text in said(ast.parse(path.read_text())) for word in re.findall(r"\bawsprof ([a-z]+)\b(?!\.)", text)
    }
    assert {word for word in named if not re.fullmatch(PROSE, word)} - WORDS == set()
