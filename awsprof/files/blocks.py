"""Settings inside a nested block: `s3.max_concurrent_requests` is the line of that key below `s3 =`."""

from __future__ import annotations

from awsprof.files.headers import refused
from awsprof.files.lines import indent, indented_comment, is_comment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from awsprof.files.lines import Lines
    from awsprof.files.read import IniFile, Option, Section, Settings

_INDENT = "    "


def change(file: IniFile, lines: Lines, section: Section, settings: Settings) -> list[str]:
    """Set and remove settings of the blocks that a section has.

    Args:
        file: the file as it was read.
        lines: its lines.
        section: one of its sections.
        settings: by `block.key`, the new value, or None to remove it.

    Returns:
        The lines of the blocks that it has not yet.

    Raises:
        FileError: a block is none, or some AWS tool would read the edit differently.
    """
    missing: dict[str, str | None] = {}
    for block, wanted in _by_block(settings).items():
        option = section.options.get(block)
        if option is None:
            missing |= {f"{block}.{name}": value for name, value in wanted.items()}
        elif option.parts[0] or len(option.parts) == 1:
            raise refused(file, option.first, f"{block} is no block of settings here")
        else:
            _change_block(file, lines, option, wanted)
    return new_lines(missing)


def new_lines(settings: Settings) -> list[str]:
    """The lines of blocks that are new."""
    found: list[str] = []
    for block, wanted in _by_block(settings).items():
        pairs = [f"{_INDENT}{name} = {value}" for name, value in wanted.items() if value is not None]
        found += [f"{block} =", *pairs] if pairs else []
    return found


def _by_block(settings: Settings) -> dict[str, dict[str, str | None]]:
    blocks: dict[str, dict[str, str | None]] = {}
    for key, value in settings.items():
        block, _, name = key.partition(".")
        blocks.setdefault(block, {})[name] = value
    return blocks


def _change_block(file: IniFile, lines: Lines, option: Option, wanted: Settings) -> None:
    numbers = range(option.first + 1, option.last + 1)
    inside = [number for number in numbers if lines.old[number].strip() and not is_comment(lines.old[number])]
    gone = [number for number in inside if wanted.get(_name(lines.old[number]), "") is None]
    for name, value in wanted.items():
        if value is not None:
            _set(lines, option, inside, name, value)
    if gone == inside and not any(wanted.values()):
        gone = list(range(option.first, option.last + 1))
    for number in gone:
        if is_comment(lines.old[number]) or indented_comment(lines.old, number + 1):
            raise refused(file, number, "a comment here would be read as part of another value by some AWS tools")
    lines.remove(gone)


def _set(lines: Lines, option: Option, inside: list[int], name: str, value: str) -> None:
    found = [number for number in inside if _name(lines.old[number]) == name]
    if not found:
        after = option.last
        while indented_comment(lines.old, after + 1):  # it stays with its value
            after += 1
        lines.insert_after(after, f"{indent(lines.old[inside[-1]])}{name} = {value}")
    elif lines.old[found[-1]].partition("=")[2].strip() != value:
        lines.replace(found[-1], found[-1], f"{indent(lines.old[found[-1]])}{name} = {value}")


def _name(line: str) -> str:
    return line.partition("=")[0].strip()
