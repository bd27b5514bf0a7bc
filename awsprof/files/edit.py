"""Edits the text of an AWS file line by line: what is not meant stays as it is, byte for byte.

The rules for what every AWS tool reads the same are in docs/design.md ("Writing"); where a file stands against
them, the edit is refused with the line. What the JavaScript SDK reads of the result is compared here, what botocore
reads of it before it is committed.
"""

from __future__ import annotations

import re

from awsprof.errors import FileError
from awsprof.files import blocks, javascript, read
from awsprof.files.headers import Owners, new_header, refused
from awsprof.files.headers import renamed as renamed_line
from awsprof.files.lines import Lines, indent, indented_comment
from awsprof.files.sections import end_of, lines_of, start_of
from awsprof.text.display import quoted
from awsprof.text.masking import masked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from awsprof.files.read import Changes, IniFile, Option, Section, Settings

_INDENTED_BRACKET = re.compile(r"^[^\S\r\n]+\[", re.MULTILINE)


class Result:
    """The new text, and what was meant by it: by header as it was, settings (None: gone) and new headers."""

    __slots__ = ("meant", "renamed", "text")

    def __init__(self, text: str, meant: dict[str, Settings | None], renamed: dict[str, str]) -> None:
        self.text = text
        self.meant = meant
        self.renamed = renamed


def edit(
    file: IniFile,
    changes: Changes,
    *,
    config: bool,
    renamed: Mapping[str, str] | None = None,
    before: Mapping[str, str] | None = None,
) -> Result:
    """Change profiles in one file: their settings, their names, or that they are there.

    Args:
        file: the file as it was read.
        changes: by profile as it is called now, each setting with its new value, or None to remove it; `block.key`
            is a setting of a block. None instead of settings: the section goes.
        config: whether this is the config file, whose sections are called `profile NAME`.
        renamed: the new name of each profile that gets one.
        before: by new profile, the profile whose section it is put before; others are put at the end.

    Raises:
        FileError: the AWS tools refuse this file, or would read the edit differently.
    """
    _check_file(file)
    lines, owners = Lines(file.text), Owners(file, config=config)
    meant: dict[str, Settings | None] = {}
    added: list[tuple[str, str, Settings]] = []
    for profile, settings in changes.items():
        section = owners.section(profile)
        if section is not None:
            meant[section.header] = settings
            if settings is not None:
                _check_values(profile, settings)
                _change_section(file, lines, section, settings)
        elif settings is not None and any(value is not None for value in settings.values()):
            _check_values(profile, settings)
            added.append((profile, new_header(profile, config=config), settings))
    lines.remove(lines_of([file.sections[header] for header in meant if meant[header] is None], lines.old))
    headers = {} if not renamed else _rename(file, lines, owners, renamed, meant, config=config)
    for profile, header, settings in added:
        meant[header] = settings
        following = owners.section((before or {}).get(profile, ""))
        new = _new_section(header, settings)
        lines.append(new) if following is None else lines.insert_before(start_of(following, lines.old), [*new, ""])
    result = Result(lines.text(), meant, headers)
    _check_result(file, result)
    return result


def _rename(
    file: IniFile,
    lines: Lines,
    owners: Owners,
    renamed: Mapping[str, str],
    meant: dict[str, Settings | None],
    *,
    config: bool,
) -> dict[str, str]:
    headers = {}
    for old, new in renamed.items():
        section = owners.section(old)
        if section is None:
            continue
        taken = owners.section(new)
        if taken not in (None, section) and meant.get(taken.header, {}) is not None:
            raise refused(file, taken.line, f"there is a profile {quoted(new)} already")
        headers[section.header] = new_header(new, config=config)
        line = lines.old[section.line].rstrip("\r\n")
        lines.retouch(section.line, renamed_line(line, headers[section.header]))
    return headers


def _new_section(header: str, settings: Settings) -> list[str]:
    """The lines of a new section; blocks stand at its end."""
    plain = [f"{key} = {value}".rstrip() for key, value in settings.items() if value is not None and "." not in key]
    return [f"[{header}]", *plain, *blocks.new_lines({key: value for key, value in settings.items() if "." in key})]


def _change_section(file: IniFile, lines: Lines, section: Section, settings: Settings) -> None:
    plain = {key: value for key, value in settings.items() if "." not in key or key in section.options}
    _check_section(file, section, lines.old, plain)
    # Into a block that is there first, and behind all settings a new one: what is indented belongs to what is above it.
    new = blocks.change(file, lines, section, {key: value for key, value in settings.items() if key not in plain})
    _change(lines, section, plain)
    after, _ = end_of(section, lines.old)
    for line in new:
        lines.insert_after(after, line)


def _change(lines: Lines, section: Section, settings: Settings) -> None:
    after, margin = end_of(section, lines.old)
    for key, value in settings.items():
        option = section.options.get(key)
        if option is None:
            if value is not None:
                lines.insert_after(after, f"{margin}{key} = {value}".rstrip())
        elif value is None:
            lines.replace(option.first, option.last, None)
        elif not _says(lines.old[option.first], key, value) or option.last > option.first:
            lines.replace(option.first, option.last, f"{indent(lines.old[option.first])}{key} = {value}".rstrip())


def _says(line: str, key: str, value: str) -> bool:
    """Whether a line sets a key to a value already, in a spelling that every AWS tool reads."""
    name, equals, rest = line.partition("=")
    return bool(equals) and name.strip() == key and rest.strip() == value


# What some AWS tools do with a value, by a pattern of it.
_UNREADABLE = (
    (re.compile(r"[\x00-\x1f\x7f]"), "holds a line break or another control character"),
    (re.compile(r"[^\x00-\x7f]"), "is not plain ASCII"),
    (re.compile(r"^ | $"), "begins or ends with a space"),
    (re.compile("^['\"]"), "begins with a quote, which some AWS tools take off"),
    (re.compile("^[#;]"), "begins with # or ;, where AWS tools read a comment"),
    (re.compile(" [#;]"), "has # or ; after a space, where most AWS tools begin a comment"),
)


def unreadable(value: str) -> str:
    """Return why not every AWS tool reads a value as it is written; empty if all do."""
    return next((reason for pattern, reason in _UNREADABLE if pattern.search(value)), "")


def _check_values(profile: str, settings: Settings) -> None:
    """Refuse values that not every AWS tool reads as they are written."""
    for key, value in settings.items():
        reason = "is empty" if value == "" and "." in key else unreadable(value or "")
        if reason:
            shown = f"{key} = {quoted(masked(key, value or ''))} of {quoted(profile)}"
            raise FileError(f"{shown} {reason}; nothing was written", "choose a value without that")


def _check_file(file: IniFile) -> None:
    if file.problem is not None:
        raise refused(file, file.problem.line - 1, file.problem.reason)
    lone = re.search(r"\r(?!\n)", file.text)
    if lone:
        raise refused(
            file, file.text.count("\n", 0, lone.start()), "a carriage return ends the line for some AWS tools only"
        )
    if not _INDENTED_BRACKET.search(file.text):
        return  # nearly always: no section has to be looked at
    for sections in (file.defaults, *file.sections.values()):
        for option in sections.options.values():
            for offset, part in enumerate(option.parts[1:], start=1):
                if part.startswith("["):
                    raise refused(file, option.first + offset, "an indented section, which AWS tools read differently")


def _check_section(file: IniFile, section: Section, old: list[str], settings: Settings) -> None:
    for key, value in settings.items():
        if value is None and key in file.defaults.options:
            raise refused(file, file.defaults.options[key].first, f"{key} is set for all profiles in [DEFAULT]")
        option = section.options.get(key)
        if option is None:
            continue
        if len(option.parts) > 1 and not option.parts[0]:
            raise refused(file, option.first, f"{key} is a block of settings here")
        if _holds_comment(old, option):
            raise refused(file, option.first, f"the value of {key} has comments inside")
        if value is None and indented_comment(old, option.last + 1):
            raise refused(file, option.last + 1, "some AWS tools would read this comment as part of another value")


def _check_result(file: IniFile, result: Result) -> None:
    if not javascript.agrees(file.text, result.text, result.meant, result.renamed):
        raise misread(file, result)


def misread(file: IniFile, result: Result) -> FileError:
    """The error for an edit that AWS tools would not read as it is meant: it names the line that they differ on."""
    lines = read.split_lines(file.text)
    sections = [file.sections[header] for header in (*result.meant, *result.renamed) if header in file.sections]
    odd = [line for section in sections if (line := _odd_line(section, lines)) is not None]
    if odd:
        return refused(file, odd[0], "AWS tools read this line differently")
    line = sections[0].line if sections else len(lines)
    return refused(file, line, "AWS tools would read a change of this section differently")


def _odd_line(section: Section, lines: list[str]) -> int | None:
    """The first line that some tools take for a setting of its own, and others for a part of the one above."""
    in_block = False
    for option in sorted(section.options.values(), key=lambda option: option.first):
        if in_block and lines[option.first][:1].isspace():
            return option.first
        in_block = not option.parts[0]
        for number in range(option.first + 1, option.last + 1):
            if option.parts[0] and "=" in lines[number]:
                return number
    return None


def _holds_comment(old: list[str], option: Option) -> bool:
    return any(line.strip()[:1] in ("#", ";") for line in old[option.first + 1 : option.last + 1])
