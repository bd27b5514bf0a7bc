"""The parser for the text of an AWS file: botocore's rules, going on where botocore gives up.

botocore reads with configparser.RawConfigParser (strict, `=` and `:`, full-line `#` and `;` comments, indented lines
continue a value) and then splits nested blocks. Importing configparser costs as much as a switch may take in all, and
it does not tell on which lines a value stands, which the editor has to know; so its rules are written again here and
held to botocore's answers by tests.
"""

from __future__ import annotations

from awsprof.text.display import quoted

DEFAULT_SECTION = "DEFAULT"
BOM = "\ufeff"


class Option:
    """One `key = value`: the lines it takes, the first and the last of them counted from 0."""

    __slots__ = ("first", "key", "last", "parts")

    def __init__(self, key: str, part: str, line: int) -> None:
        self.key = key
        self.parts = [part]
        self.first = self.last = line

    @property
    def value(self) -> str:
        """The value as botocore joins it; a nested block begins with a newline."""
        return self.parts[0] if len(self.parts) == 1 else "\n".join(self.parts).rstrip()


class Section:
    """One `[header]` and its options by lowercase key, which an ordinary section makes when they are first asked for.

    Of ten thousand profiles a switch asks for two: so it costs a third.
    """

    __slots__ = ("_body", "_options", "defaults", "header", "line")

    def __init__(self, header: str, line: int, defaults: Section | None = None) -> None:
        self.header = header
        self.line = line
        self.defaults = defaults
        self._body: list[str] = []
        self._options: dict[str, Option] = {}

    @property
    def options(self) -> dict[str, Option]:
        """The options; a change of this mapping is one of the section."""
        if self._body:
            body, self._body = self._body, []
            for number, line in enumerate(body, self.line + 1):
                key, equals, value = line.partition("=")
                if equals and line[0] not in "#;":
                    self._options[key.rstrip()] = Option(key.rstrip(), value.strip(), number)
        return self._options

    def values(self) -> dict[str, str]:
        """The settings, those of `[DEFAULT]` below them."""
        below = self.defaults.options if self.defaults is not None else {}
        return {key: option.value for key, option in (*below.items(), *self.options.items())}

    def take_ordinary(self, body: list[str]) -> bool:
        """Take the lines below the header, where each is blank, a comment at column 0, or a plain `key = value`.

        Nothing continues then, nothing stands twice, nothing is refused. Otherwise nothing is taken.
        """
        try:  # not blank, and no comment: the empty string is in every string
            keys = [line[: line.index("=")].rstrip() for line in body if line[:1] not in "#;"]
        except ValueError:
            return False
        # Together an identifier: none begins with a space or holds a colon.
        word = "_".join(keys)
        plain = word.isidentifier() and word.islower() and word.isascii() and "" not in keys
        if keys and not (plain and len(set(keys)) == len(keys)):
            return False
        self._body = body
        return True


class Problem:
    """What makes botocore refuse a file, and on which line, counted from 1."""

    __slots__ = ("line", "reason")

    def __init__(self, line: int, reason: str) -> None:
        self.line = line
        self.reason = reason


class IniFile:
    """What a file says. `problem` is what first stops botocore, the sections are what is clear all the same."""

    __slots__ = ("defaults", "path", "problem", "sections", "text")

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.sections: dict[str, Section] = {}
        self.defaults = Section(DEFAULT_SECTION, -1)
        self.problem: Problem | None = None

    def values(self, header: str) -> dict[str, str]:
        """The settings of a section, those of `[DEFAULT]` below them; empty where there is no such section."""
        section = self.sections.get(header)
        return section.values() if section is not None else {}

    def warning(self) -> str:
        """One line about what stops the AWS tools, or nothing."""
        if self.problem is None:
            return ""
        where = f"{quoted(self.path)} line {self.problem.line}"
        return f"{where}: {self.problem.reason}; the AWS CLI and boto3 refuse this file"

    def blame(self, line: int, reason: str) -> None:
        """Remember the first thing that botocore would refuse."""
        if self.problem is None or line < self.problem.line:
            self.problem = Problem(line, reason)


def parse(data: bytes, path: str = "") -> IniFile:
    """What the bytes of an AWS file say."""
    text, bad_line = _decode(data)
    file = IniFile(path, text)
    if bad_line:
        utf16 = data[:2] in (b"\xff\xfe", b"\xfe\xff")
        file.blame(bad_line, "UTF-16 text; save it as UTF-8" if utf16 else "not UTF-8 text")
    if text.startswith(BOM):
        file.blame(1, "a byte order mark before the first section")
        text = text[1:]
    _Parser(file).run(split_lines(text))
    return file


def _decode(data: bytes) -> tuple[str, int]:
    try:
        return data.decode(), 0
    except UnicodeDecodeError as error:
        before = data[: error.start].decode() + "?"
        return data.decode(errors="surrogateescape"), len(split_lines(before))


def split_lines(text: str) -> list[str]:
    """The lines of a text, split where every SDK splits and nowhere else (str.splitlines also splits at U+2028)."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    return lines


class _Parser:
    """The state of RawConfigParser._read: the section and option that a further line would go to, and the indent."""

    __slots__ = ("file", "indent", "odd_defaults", "option", "read", "section")

    def __init__(self, file: IniFile) -> None:
        self.file = file
        self.read: list[Section] = [file.defaults]  # those whose lines were read one by one
        self.section: Section | None = None
        self.option: Option | None = None
        self.indent = 0
        self.odd_defaults: dict[str, int] = {}

    def run(self, lines: list[str]) -> None:
        """Read section by section: a header at column 0 continues nothing."""
        starts = [number for number, line in enumerate(lines) if line[:1] == "["]
        ends = [*starts, len(lines)]
        self._lines(0, lines[: ends[0]])
        for start, end in zip(starts, ends[1:], strict=True):
            self.indent = 0
            self._line(start, lines[start], lines[start].rstrip())
            body, section = lines[start + 1 : end], self.section
            if section is None or section.line != start or not section.take_ordinary(body):
                self.read += [section] if section is not None else []
                self._lines(start + 1, body)
        self._finish()

    def _lines(self, start: int, lines: list[str]) -> None:
        for number, line in enumerate(lines, start):
            value = line.strip()
            if not value:
                if self.option is not None:
                    self.option.parts.append("")
            elif value[0] not in "#;":
                self._line(number, line, value)

    def _finish(self) -> None:
        for section in self.read:
            for option in section.options.values():
                while len(option.parts) > 1 and not option.parts[-1]:
                    option.parts.pop()
        for key, number in self.odd_defaults.items():
            if any(key not in section.options for section in self.file.sections.values()):
                self._blame_block(key, number)

    def _line(self, number: int, line: str, value: str) -> None:
        indent = len(line) - len(line.lstrip())
        if self.option is not None and indent > self.indent:
            self._continuation(self.option, number, value)
            return
        self.indent = indent
        end = value.rfind("]")
        if value[0] == "[" and end > 1:
            self._header(number, value[1:end])
        elif self.section is None:
            self.file.blame(number + 1, "text before the first section")
        else:
            self._option(self.section, number, value)

    def _continuation(self, option: Option, number: int, value: str) -> None:
        option.parts.append(value)
        option.last = number
        if not option.parts[0] and nested(value) is None:
            if self.section is self.file.defaults:  # refused where a section inherits it
                self.odd_defaults.setdefault(option.key, number)
            else:
                self._blame_block(option.key, number)

    def _blame_block(self, key: str, number: int) -> None:
        self.file.blame(number + 1, f"a line of the block {quoted(key)} is not key = value")

    def _header(self, number: int, header: str) -> None:
        self.option = None
        if header == DEFAULT_SECTION:
            self.section = self.file.defaults
            return
        known = self.file.sections.get(header)
        if known is not None:
            first = f"first defined on line {known.line + 1}"
            self.file.blame(number + 1, f"duplicate section {quoted(f'[{header}]')}; {first}")
            self.section = known
            return
        self.section = self.file.sections[header] = Section(header, number, self.file.defaults)

    def _option(self, section: Section, number: int, value: str) -> None:
        at = _delimiter(value)
        key = value[:at].rstrip().lower() if at > 0 else ""
        if not key:
            self.file.blame(number + 1, "neither a section nor key = value")
            return
        if key in section.options:
            first = section.options[key].first + 1
            self.file.blame(number + 1, f"duplicate setting {quoted(key)}; first set on line {first}")
        self.option = section.options[key] = Option(key, value[at + 1 :].strip(), number)


def _delimiter(value: str) -> int:
    equals, colon = value.find("="), value.find(":")
    return equals if colon < 0 or 0 <= equals < colon else colon


def nested(value: str) -> dict[str, str] | None:
    """The settings of a nested block (`s3 =` and indented lines) as botocore splits it; None where it refuses."""
    pairs: dict[str, str] = {}
    for line in value.splitlines():  # botocore itself uses splitlines here, and only here
        if line.strip():
            key, equals, rest = line.strip().partition("=")
            if not equals:
                return None
            pairs[key.strip()] = rest.strip()
    return pairs
