"""Mutants of a Python file: each one small change that a test should notice."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

_OPPOSITES: dict[type[ast.AST], type[ast.AST]] = {
    **{
        ast.Eq: ast.NotEq,
        ast.NotEq: ast.Eq,
        ast.Is: ast.IsNot,
        ast.IsNot: ast.Is,
        ast.In: ast.NotIn,
        ast.NotIn: ast.In,
    },
    **{ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.And: ast.Or, ast.Or: ast.And},
}
_IGNORED_CALLS = ("detail", "close")  # what -v reports, and what the kernel does anyway


class Mutant(NamedTuple):
    """One change of one file.

    Args:
        path: the file, from the root of the checkout.
        place: the function or class that is changed; empty for a part of a hook.
        before: the text that is replaced.
        after: the text in its place.
        start: where it begins, in bytes.
    """

    path: str
    place: str
    before: str
    after: str
    start: int

    def __str__(self) -> str:
        """Return one line for the table."""
        return f"{self.path} {self.place}: {' '.join(self.before.split())} -> {' '.join(self.after.split())}"

    def apply(self, source: bytes) -> bytes:
        """Return the file with the change."""
        end = self.start + len(self.before.encode())
        return source[: self.start] + self.after.encode() + source[end:]


def mutants(path: str, source: str) -> Iterator[Mutant]:
    """Yield every mutant of a Python file, in order; docstrings, annotations and constants of modules stay."""
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line.encode()))
    for place, node in _nodes(ast.parse(source)):
        segment = ast.get_source_segment(source, node)
        start = starts[node.lineno - 1] + node.col_offset
        for after in _changed(node):
            if segment and after != segment:
                yield Mutant(path, place, segment, after, start)


def _nodes(tree: ast.AST, place: str = "") -> Iterator[tuple[str, ast.expr | ast.stmt]]:
    """Yield what can be changed, inside functions only."""
    for node in ast.iter_child_nodes(tree):
        named = isinstance(node, ast.FunctionDef | ast.ClassDef)
        inner = f"{place}.{node.name}".lstrip(".") if isinstance(node, ast.FunctionDef | ast.ClassDef) else place
        if place and not named and isinstance(node, ast.expr | ast.stmt):
            yield place, node
        if not isinstance(node, ast.arguments | ast.AnnAssign):
            yield from _nodes(node, inner)


def _changed(node: ast.expr | ast.stmt) -> Iterator[str]:
    """Yield the texts that may take the place of a node."""
    match node:
        case ast.Compare(ops=[operator, *_]) if type(operator) in _OPPOSITES:
            other: list[ast.cmpop] = [_OPPOSITES[type(operator)](), *node.ops[1:]]  # type: ignore[list-item]
            yield _in_parentheses(ast.Compare(node.left, other, node.comparators))
        case ast.BoolOp(op=operator):
            yield _in_parentheses(ast.BoolOp(_OPPOSITES[type(operator)](), node.values))  # type: ignore[arg-type]
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield _in_parentheses(operand)
        case ast.Constant(value=bool(value)):
            yield str(not value)
        case ast.Constant(value=int(value)):
            yield str(value + 1)
        case ast.IfExp(body=body, orelse=other_body):
            yield _in_parentheses(body)
            yield _in_parentheses(other_body)
        case ast.Expr(value=ast.Call(func=function)) if not _is_ignored(function):
            yield "pass"
        case ast.Raise(exc=ast.expr()) | ast.AugAssign():
            yield "pass"


def _in_parentheses(node: ast.expr) -> str:
    return f"({ast.unparse(node)})"


def _is_ignored(function: ast.expr) -> bool:
    return isinstance(function, ast.Attribute) and function.attr in _IGNORED_CALLS
