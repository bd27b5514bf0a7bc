"""Compares two texts section by section: a removed section is shown as removed, whatever lines its neighbours share."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    Opcode = tuple[str, int, int, int, int]  # difflib's: what happens to lines i1:i2, which become j1:j2
    Part = tuple[str, list[str]]  # the header of a section, and its lines with that header

_CONTEXT = 2  # lines shown around a change


def hunks(old: list[Part], new: list[Part]) -> Iterator[list[Opcode]]:
    """Yield the changes with the unchanged lines around them, as difflib groups them."""
    from difflib import SequenceMatcher  # only a preview pays for it

    opcodes = _joined(_opcodes(old, new))

    class Aligned(SequenceMatcher[str]):
        def get_opcodes(self) -> list[Opcode]:  # type: ignore[override] # typeshed has a Literal there
            return opcodes

    return iter(Aligned(None, "", "").get_grouped_opcodes(_CONTEXT))


def _opcodes(old: list[Part], new: list[Part]) -> Iterator[Opcode]:
    """Yield what happens to each line: sections are matched by their headers, then the lines within them."""
    i = j = 0
    for before, after in _pairs(old, new):
        for tag, i1, i2, j1, j2 in _within(before, after):
            yield tag, i + i1, i + i2, j + j1, j + j2
        i, j = i + len(before), j + len(after)


def _pairs(old: list[Part], new: list[Part]) -> Iterator[tuple[list[str], list[str]]]:
    """Yield the lines of each section before and after; a section that comes or goes has none on one side."""
    from difflib import SequenceMatcher

    matcher = SequenceMatcher(None, [header for header, _ in old], [header for header, _ in new], autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            yield from ((old[i][1], new[j][1]) for i, j in zip(range(i1, i2), range(j1, j2), strict=True))
            continue
        yield from ((lines, []) for _, lines in old[i1:i2])
        yield from (([], lines) for _, lines in new[j1:j2])


def _within(before: list[str], after: list[str]) -> list[Opcode]:
    if before == after:
        return [("equal", 0, len(before), 0, len(after))]
    from difflib import SequenceMatcher

    return [*SequenceMatcher(None, before, after).get_opcodes()]


def _joined(opcodes: Iterator[Opcode]) -> list[Opcode]:
    """Join neighbours of one kind: difflib cuts the unchanged lines between two changes only where they are one."""
    found: list[Opcode] = []
    for tag, i1, i2, j1, j2 in opcodes:
        if found and found[-1][0] == tag:
            found[-1] = (tag, found[-1][1], i2, found[-1][3], j2)
        else:
            found.append((tag, i1, i2, j1, j2))
    return found
