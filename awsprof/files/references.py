"""References to a profile that botocore does not see and other AWS tools do: a rename or removal would break them."""

from __future__ import annotations

import re

from awsprof.files import read
from awsprof.files.headers import refused
from awsprof.files.read import REFERENCES
from awsprof.text.display import quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

    from awsprof.errors import FileError
    from awsprof.files.read import IniFile, Section

_LINE = re.compile(rf"\s*({'|'.join(REFERENCES)})\s*[=:](.*)", re.IGNORECASE)
_COMMENT = re.compile(r"\s[#;]")  # most tools cut a value here; botocore and .NET do not


def refuse_hidden(config: IniFile, credentials: IniFile, names: Collection[str], gone: Collection[str] = ()) -> None:
    """Refuse to rename or remove profiles that a line refers to which only some AWS tools read so.

    Args:
        config: the config file.
        credentials: the credentials file.
        names: the profiles that are renamed or removed.
        gone: those whose sections go, with whatever they say.

    Raises:
        FileError: there is such a line.
    """
    for file, sections in ((config, dict(read.config_sections(config))), (credentials, credentials.sections)):
        error = _hidden(file, sections, names, gone)
        if error is not None:
            raise error


def _hidden(
    file: IniFile, sections: dict[str, Section], names: Collection[str], gone: Collection[str]
) -> FileError | None:
    skipped = {number for name in gone if name in sections for number in _lines(file, sections[name])}
    skipped |= {option.first for section in sections.values() for option in _plain(section)}
    for number, line in enumerate(read.split_lines(file.text)):
        found = _LINE.fullmatch(line)
        name = _as_others_read(found[2]) if found else ""
        if found and name in names and number not in skipped:
            return refused(file, number, f"only some AWS tools read this as {found[1].lower()} = {quoted(name)}")
    return None


def _plain(section: Section) -> list[read.Option]:
    """The references of a section that every AWS tool reads alike, as far as this file says."""
    options = [section.options[key] for key in REFERENCES if key in section.options]
    return [option for option in options if len(option.parts) == 1 and option.value == _as_others_read(option.value)]


def _as_others_read(value: str) -> str:
    """A value without the comment that most AWS tools cut off, and without the quotes that Go takes off."""
    return _COMMENT.split(value.strip(), maxsplit=1)[0].strip().strip("'\"")


def _lines(file: IniFile, section: Section) -> range:
    """The lines of a section, up to the next header."""
    headers = [other.line for other in (*file.sections.values(), file.defaults) if other.line > section.line]
    return range(section.line, min(headers, default=len(file.text)))
