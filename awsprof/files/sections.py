"""Where a section ends, and which lines it takes with it when it goes: its own, and the comments that touch them."""

from __future__ import annotations

from awsprof.files.lines import indent, indented_comment, is_comment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from awsprof.files.read import Section


def lines_of(sections: list[Section], old: list[str]) -> set[int]:
    """The numbers of the lines that go with sections.

    A comment goes where no empty line stands between it and a line of the section; where it touches the header that
    follows, too, it stays with that. An indented comment is part of a value for Rust and Java, and goes with it. The
    empty lines behind what goes go with it, so that what is left stands as far apart as it did.
    """
    gone: set[int] = set()
    for section in sections:
        own = _own(section)
        end = max(own) + 1
        while end < len(old) and (not old[end].strip() or is_comment(old[end])):
            end += 1
        gone |= {number for number in range(section.line, end) if indented_comment(old, number)}
        gone |= own | _touching(own, old, *_reach(section.line, end, own, old))
    return gone | _empty_beside(gone, old)


def _own(section: Section) -> set[int]:
    """Header and settings, with all lines that their values take."""
    spans = [range(option.first, option.last + 1) for option in section.options.values()]
    return {section.line}.union(*spans)


def _reach(header: int, end: int, own: set[int], old: list[str]) -> tuple[int, int]:
    """The lines among which comments may be this section's: from those on its header to those on the next one."""
    first = _first_comment(header, old)
    while end < len(old) and end - 1 not in own and is_comment(old[end - 1]):
        end -= 1
    return first, end


def _first_comment(header: int, old: list[str]) -> int:
    """The first of the comments that touch a header from above, or the header."""
    while header > 0 and is_comment(old[header - 1]) and not indented_comment(old, header - 1):
        header -= 1
    return header


def start_of(section: Section, old: list[str]) -> int:
    """The line that a new section before this one goes in front of: that of its first comment, or its header."""
    return _first_comment(section.line, old)


def _touching(own: set[int], old: list[str], first: int, end: int) -> set[int]:
    """The lines of every paragraph that holds a line of the section."""
    found: set[int] = set()
    paragraph: list[int] = []
    for number in range(first, end + 1):
        if number < end and old[number].strip():
            paragraph.append(number)
            continue
        if own.intersection(paragraph):
            found.update(paragraph)
        paragraph = []
    return found


def _empty_beside(gone: set[int], old: list[str]) -> set[int]:
    """The empty lines behind each stretch that goes, and those that would be left at the end."""
    empty: set[int] = set()
    for number in gone:
        after = number + 1
        while after < len(old) and after not in gone and not old[after].strip():
            empty.add(after)
            after += 1
    going = gone | empty
    left = [number for number in range(len(old)) if number not in going]
    while gone and left and max(gone) > left[-1] and not old[left[-1]].strip():
        empty.add(left.pop())
    return empty


def end_of(section: Section, old: list[str]) -> tuple[int, str]:
    """The line after which a new setting goes, and its indent: that of the setting before it, where it is safe."""
    if not section.options:
        return section.line, ""
    last = max(section.options.values(), key=lambda option: option.last)
    after = last.last
    while indented_comment(old, after + 1):  # it stays with its value
        after += 1
    # After a setting without a value, JavaScript takes every indented line for a part of that block.
    has_block = any(not option.parts[0] for option in section.options.values())
    return after, "" if has_block else indent(old[last.first])
