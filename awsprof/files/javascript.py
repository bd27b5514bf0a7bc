"""What the JavaScript SDK reads of an AWS file: it splits comments, headers and nested blocks by rules of its own.

It is the reader that differs most from botocore on files that both accept, so an edit must mean the same to both.
Rules: parseIni of @smithy/shared-ini-file-loader.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from awsprof.files.read import Settings

    Parsed = dict[str, dict[str, str]]

# What JavaScript trims and what its \s means; Python adds U+0085 and four separators, and leaves out U+FEFF.
_SPACE = "\t\n\v\f\r \xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000\ufeff"
_COMMENT = re.compile(f"(?:^|[{_SPACE}])[;#]")
_TYPED = re.compile(rf"([\w-]+)[{_SPACE}](['\"]?)([\w@+.%:/-]+)\2", re.ASCII)
_BRACKET = re.compile(rf"^[{_SPACE.replace(chr(10), '')}]*\[.*", re.MULTILINE)
_REFUSED = ("__proto__", "profile __proto__")
_TYPES = ("profile", "sso-session", "services")


def agrees(
    before: str, after: str, meant: Mapping[str, Settings | None], renamed: Mapping[str, str] | None = None
) -> bool:
    """Whether this SDK reads the edited text as the old one plus what was meant.

    Args:
        before: the text of the file.
        after: its text after the edit.
        meant: by section header, each setting with its new value, or None where it is removed; None instead of
            settings where the section is gone.
        renamed: the new header of each section that gets one.
    """
    old, new = _by_section(before), _by_section(after)
    if old is None:
        return True  # unusable before: nothing to keep
    headers = {_section(header): settings for header, settings in meant.items()}
    names = {_section(was): _section(now) for was, now in (renamed or {}).items()}
    if new is None:
        return False
    # Among ten thousand sections only those are read whose lines changed: nothing of one is carried into another.
    touched = {name for name in {**old, **new} if old.get(name) != new.get(name)} | {*headers, *names, *names.values()}
    expected = _read(old, touched)
    for name, settings in headers.items():
        if settings is None:
            expected.pop(name, None)
        elif name:
            kept = {key: value for key, value in expected.get(name, {}).items() if _setting(key) not in settings}
            expected[name] = kept | {key: value for key, value in settings.items() if value}  # not an empty one
    return _read(new, touched) == {names.get(name, name): section for name, section in expected.items() if section}


def _read(sections: dict[str, list[str]], names: set[str]) -> Parsed:
    return parse("".join(text for name in names if name for text in sections.get(name, ()))) or {}


def _by_section(text: str) -> dict[str, list[str]] | None:
    """The lines of each section with its header, once for each header of that name; None where the file is refused."""
    found: dict[str, list[str]] = {}
    name, start = "", 0
    for line in _BRACKET.finditer(text):
        header = _header(line[0])
        if header is None:
            continue
        if header in _REFUSED:
            return None
        found.setdefault(name, []).append(text[start : line.start()])
        name, start = _section(header), line.start()
    found.setdefault(name, []).append(text[start:] + "\n")
    return found


def parse(text: str) -> Parsed | None:
    """Every section with its settings, those of a block as `block.key`; None where the file is refused."""
    found: Parsed = {}
    section = block = ""
    for line in re.split(r"\r?\n", text):
        header = _header(line)
        if header in _REFUSED:
            return None
        if header is not None:
            section, block = _section(header), ""
            continue
        plain = _plain(line)
        key, equals, value = (part.strip(_SPACE) for part in plain.partition("="))
        if not section or not equals or plain[0] == "=":
            continue
        if not value:
            block = key
            continue
        if line[0] not in _SPACE:
            block = ""
        found.setdefault(section, {})[f"{block}.{key}" if block else key] = value
    return found


def _header(line: str) -> str | None:
    plain = _plain(line)
    return plain[1:-1] if plain[:1] == "[" and plain[-1] == "]" else None


def _plain(line: str) -> str:
    return _COMMENT.split(line, maxsplit=1)[0].strip(_SPACE)


def _section(header: str) -> str:
    """What the section is called there; nothing where its settings are skipped."""
    typed = _TYPED.fullmatch(header)
    if typed is None:
        return header
    return f"{typed[1]}.{typed[3]}" if typed[1] in _TYPES else ""


def _setting(key: str) -> str:
    """The setting that botocore takes a line for, which this SDK may read as `Key` or `key: part of the value`."""
    return key.partition(":")[0].strip().lower()
