"""Edits the text of an AWS file line by line: what is not meant stays as it is, byte for byte.

The rules for what every AWS tool reads the same are in docs/design.md ("Writing"); where a file stands against
them, the edit is refused with the line. What the JavaScript SDK reads of the result is compared here, what botocore
reads of it before it is committed.
"""

from __future__ import annotations

import re

from awsprof.errors import FileError
from awsprof.files import javascript, read
from awsprof.text import quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from awsprof.files.read import Changes, IniFile, Option, Section, Settings

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")
_NAME = re.compile(r"[A-Za-z0-9_./%@:+-]+")
_VALUE = re.compile(r"[!-~](?:[ -~]*[!-~])?")


class Result:
    """The new text, and what every section is meant to have changed to (None: removed), by header."""

    __slots__ = ("meant", "text")

    def __init__(self, text: str, meant: dict[str, Settings]) -> None:
        self.text = text
        self.meant = meant


def edit(file: IniFile, changes: Changes, *, config: bool) -> Result:
    """Set and remove settings of profiles in one file.

    Args:
        file: the file as it was read.
        changes: by profile, each setting with its new value, or None to remove it.
        config: whether this is the config file, whose sections are called `profile NAME`.

    Raises:
        FileError: the AWS tools refuse this file, or would read the edit differently.
    """
    _check_file(file)
    lines = _Lines(file.text)
    meant: dict[str, Settings] = {}
    for profile, settings in changes.items():
        _check_values(settings)
        section = _section(file, profile, config=config)
        if section is not None:
            _check_section(file, section, lines.old, settings)
            meant[section.header] = settings
            _change(lines, section, settings)
        elif any(value is not None for value in settings.values()):
            header = _new_header(profile, config=config)
            meant[header] = settings
            lines.append_section(header, settings)
    result = Result(lines.text(), meant)
    _check_result(file, result)
    return result


class _Lines:
    """The lines of a file with their endings, and what replaces or follows each of them."""

    def __init__(self, text: str) -> None:
        self.old = _LINE.findall(text)
        self.new = list(self.old)
        self.after: list[list[str]] = [[] for _ in self.old]
        self.tail: list[str] = []
        self.ending = self.old[0][len(self.old[0].rstrip("\r\n")) :] if self.old else ""
        self.ending = self.ending or "\n"

    def replace(self, option: Option, line: str | None) -> None:
        for number in range(option.first, option.last + 1):
            self.new[number] = ""
        if line is not None:
            self.new[option.first] = line + self.ending

    def insert_after(self, number: int, line: str) -> None:
        self.after[number].append(line + self.ending)

    def append_section(self, header: str, settings: Settings) -> None:
        last = self.tail or self.old
        if last and last[-1].strip():
            self.tail.append(self.ending)
        self.tail.append(f"[{header}]{self.ending}")
        self.tail += [f"{key} = {value}{self.ending}" for key, value in settings.items() if value is not None]

    def text(self) -> str:
        parts = [part for line, after in zip(self.new, self.after, strict=True) for part in (line, *after) if part]
        parts += self.tail
        for number, line in enumerate(parts[:-1]):
            if not line.endswith(("\n", "\r")):  # what was the last line, without a newline
                parts[number] = line + self.ending
        return "".join(parts)


def _change(lines: _Lines, section: Section, settings: Settings) -> None:
    after, indent = _end(section, lines.old)
    for key, value in settings.items():
        option = section.options.get(key)
        if option is None:
            if value is not None:
                lines.insert_after(after, f"{indent}{key} = {value}")
        elif value is None:
            lines.replace(option, None)
        elif not _says(lines.old[option.first], key, value) or option.last > option.first:
            lines.replace(option, f"{_indent(lines.old[option.first])}{key} = {value}")


def _says(line: str, key: str, value: str) -> bool:
    """Whether a line sets a key to a value already, in a spelling that every AWS tool reads."""
    name, equals, rest = line.partition("=")
    return bool(equals) and name.strip() == key and rest.strip() == value


def _end(section: Section, old: list[str]) -> tuple[int, str]:
    """The line after which a new setting goes, and its indent: that of the setting before it, where it is safe."""
    if not section.options:
        return section.line, ""
    last = max(section.options.values(), key=lambda option: option.last)
    after = last.last
    while indented_comment(old, after + 1):  # it stays with its value
        after += 1
    # After a setting without a value, JavaScript takes every indented line for a part of that block.
    has_block = any(not option.parts[0] for option in section.options.values())
    return after, "" if has_block else _indent(old[last.first])


def indented_comment(old: list[str], number: int) -> bool:
    """Whether a line is a comment that Rust and Java read as part of the value before it."""
    line = old[number] if number < len(old) else ""
    return line[:1].isspace() and line.strip()[:1] in ("#", ";")


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _section(file: IniFile, profile: str, *, config: bool) -> Section | None:
    """The one section of a profile; several that any AWS tool takes for it are refused."""
    alike = [section for header, section in file.sections.items() if profile in _readings(header, config=config)]
    exact = [section for section in alike if _exact(section.header, profile, config=config)]
    if len(alike) > 1 or len(exact) < len(alike):
        which = " and ".join(str(section.line + 1) for section in alike)
        raise _refused(file, alike[-1].line, f"AWS tools differ on which section is {quoted(profile)} (line {which})")
    return exact[0] if exact else None


def _exact(header: str, profile: str, *, config: bool) -> bool:
    return (read.config_profile(header) if config else header) == profile


def _readings(header: str, *, config: bool) -> set[str]:
    """Every profile that some AWS tool takes a section for."""
    bare = " ".join(header.replace('"', " ").replace("'", " ").split())
    name = bare.removeprefix("profile ")
    exact = read.config_profile(header) if config else header
    if config and bare == name:
        return {exact} if exact is not None else set()
    return {name} if exact is None else {name, exact}


def _new_header(profile: str, *, config: bool) -> str:
    if not _NAME.fullmatch(profile):
        raise FileError(
            f"some AWS tools cannot read a profile called {quoted(profile)}; nothing was written",
            "use letters, digits and _ . / % @ : + -",
        )
    return f"profile {profile}" if config and profile != "default" else profile


def _check_values(settings: Settings) -> None:
    """Values that every AWS tool reads as they stand: Go takes quotes off, most cut at a comment sign."""
    for key, value in settings.items():
        if value is None:
            continue
        if not _VALUE.fullmatch(value) or value[0] in "'\"#;" or " #" in value or " ;" in value:
            raise FileError(f"some AWS tools cannot read such a value of {key}; nothing was written", "use plain ASCII")


def _check_file(file: IniFile) -> None:
    if file.problem is not None:
        raise _refused(file, file.problem.line - 1, file.problem.reason)
    lone = re.search(r"\r(?!\n)", file.text)
    if lone:
        raise _refused(
            file, file.text.count("\n", 0, lone.start()), "a carriage return ends the line for some AWS tools only"
        )
    for sections in (file.defaults, *file.sections.values()):
        for option in sections.options.values():
            for offset, part in enumerate(option.parts[1:], start=1):
                if part.startswith("["):
                    raise _refused(file, option.first + offset, "an indented section, which AWS tools read differently")


def _check_section(file: IniFile, section: Section, old: list[str], settings: Settings) -> None:
    for key, value in settings.items():
        if value is None and key in file.defaults.options:
            raise _refused(file, file.defaults.options[key].first, f"{key} is set for all profiles in [DEFAULT]")
        option = section.options.get(key)
        if option is None:
            continue
        if len(option.parts) > 1 and not option.parts[0]:
            raise _refused(file, option.first, f"{key} is a block of settings here")
        if _holds_comment(old, option):
            raise _refused(file, option.first, f"the value of {key} has comments inside")
        if value is None and indented_comment(old, option.last + 1):
            raise _refused(file, option.last + 1, "some AWS tools would read this comment as part of another value")


def _check_result(file: IniFile, result: Result) -> None:
    if not javascript.agrees(file.text, result.text, result.meant):
        known = [file.sections[header].line for header in result.meant if header in file.sections]
        line = known[0] if known else len(read.split_lines(file.text))
        raise _refused(file, line, "AWS tools would read a change of this section differently")


def _holds_comment(old: list[str], option: Option) -> bool:
    return any(line.strip()[:1] in ("#", ";") for line in old[option.first + 1 : option.last + 1])


def _refused(file: IniFile, line: int, reason: str) -> FileError:
    return FileError(
        f"{quoted(file.path)} line {line + 1}: {reason}; nothing was written",
        "mend that line with an editor, then try again",
    )
