"""Pure helpers for what people read and type: safe text, durations, times, nearest names. Masks are in masking.py."""

from __future__ import annotations

import time

from awsprof.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

MASK = "********"
_UNITS = {"h": 3600, "m": 60, "s": 1}
_WEEKDAY_IS_CLEAR = 6 * 86400  # seconds

# Characters that Python calls printable and that show nothing: fillers, joiners, variation selectors, blanks.
_BLANK = (
    *(range(code, code + 1) for code in (0x034F, 0x2800, 0x3164, 0xFFA0, 0x16FE4, 0x1D159)),
    *(range(first, last + 1) for first, last in ((0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F))),
    *(range(first, last + 1) for first, last in ((0xFE00, 0xFE0F), (0xE0100, 0xE01EF))),
)


def safe(value: str) -> str:
    r"""Return text as a terminal may show it: what cannot be seen appears as an escape, like \x1b or \u3164.

    That covers control, format (bidi) and unassigned characters, bytes that are not UTF-8, and blank letters.
    """
    if value.isascii() and value.isprintable():
        return value
    return "".join(c if _is_visible(c) else _escape(c) for c in value)


def safe_lines(text: str) -> str:
    """Return several lines as a terminal may show them."""
    return "\n".join(map(safe, text.split("\n")))


def _is_visible(character: str) -> bool:
    return character.isprintable() and (character < "\u034f" or not any(ord(character) in blank for blank in _BLANK))


def _escape(character: str) -> str:
    """Spell a character as `$'...'` of bash and zsh reads it; a byte that is not UTF-8 as that byte."""
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x80:
        return ascii(character)[1:-1]
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def quoted(value: str, *, only_ascii: bool = False) -> str:
    """Return a name as a message or a suggested command shows it: bare if a shell takes it so, otherwise in quotes.

    A name with escapes is in `$'...'`, which bash and zsh read back. With `only_ascii`, all else is an escape, too.
    """
    shown = [_is_visible(c) and (c.isascii() or not only_ascii) for c in value]
    if not all(shown):
        spelt = {"\\": "\\\\", "'": "\\'"}
        return "$'" + "".join(spelt.get(c, c) if ok else _escape(c) for c, ok in zip(value, shown, strict=True)) + "'"
    plain = value != "" and all(c.isalnum() or c in "_.:/@+-" for c in value)
    return value if plain else "'" + value.replace("'", "'\\''") + "'"


def told_apart(names: Iterable[str]) -> list[str]:
    """Return names in quotes; if two of them look alike, what is not ASCII in them appears as escapes."""
    listed = list(names)
    if all(map(str.isascii, listed)):
        return list(map(quoted, listed))
    many = len(listed) > 50  # too many to compare each with each
    return [quoted(name, only_ascii=many or any(_look_alike(name, other) for other in listed)) for name in listed]


def _look_alike(one: str, other: str) -> bool:
    """Whether two different names may look the same.

    It errs on the side of yes: a character that is not ASCII may pass for any of ASCII, or of another script.
    """
    first, second = _skeleton(one), _skeleton(other)
    return one != other and len(first) == len(second) and all(map(_may_pass_for, first, second))


def _skeleton(name: str) -> str:
    """The name without what cannot be seen, accents, width and case."""
    from unicodedata import combining, normalize  # only a name beyond ASCII pays for it

    folded = normalize("NFKD", normalize("NFKD", name).casefold())
    return "".join(c for c in folded if _is_visible(c) and not combining(c) and not c.isspace())


def _may_pass_for(one: str, other: str) -> bool:
    from unicodedata import name

    if one == other or one.isascii() != other.isascii():
        return True
    return not one.isascii() and name(one, "").split(" ")[0] != name(other, "").split(" ")[0]


def parse_duration(words: str) -> int:
    """Seconds in `36h`, `90m`, `1h30m`, `900s` or plain seconds.

    Raises:
        UsageError: the words are not a duration.
    """
    total, number, last = 0, "", 3601
    if len(words) > 20:  # int() itself refuses numbers of thousands of digits, in words of its own
        raise _bad_duration(words)
    for character in words.strip().lower():
        if character.isascii() and character.isdigit():
            number += character
            continue
        unit = _UNITS.get(character)
        if unit is None or not number or unit >= last:
            raise _bad_duration(words)
        total, number, last = total + int(number) * unit, "", unit
    if number and last == 3601:
        return int(number)
    if number or last == 3601:
        raise _bad_duration(words)
    return total


def _bad_duration(words: str) -> UsageError:
    return UsageError(f"{quoted(words)} is not a duration", "write it like 36h, 90m, 1h30m or 900s")


def show_duration(seconds: int) -> str:
    """Seconds in the form that parse_duration reads: 5400 is 1h30m."""
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    parts = ((hours, "h"), (minutes, "m"), (left, "s"))
    return "".join(f"{n}{unit}" for n, unit in parts if n) or "0s"


def age(seconds: float) -> str:
    """How old something is, in days."""
    days = int(seconds // 86400)
    return "of today" if days < 1 else f"{days} day{'s' if days > 1 else ''} old"


def parse_time(words: str) -> int | None:
    """Seconds since the epoch for a time as AWS tools write it into their files; None where it is none.

    Offsets and Z are honoured, .NET's seven fraction digits too; a time without an offset is UTC, as aws-mfa means it.
    """
    from datetime import UTC, datetime  # only a profile with a session pays for it

    try:
        moment = datetime.fromisoformat(words.strip())
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        return None


def iso(seconds: float) -> str:
    """A time in UTC as it is written into files and JSON: 2026-11-24T03:12:05Z."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def clock(seconds: float, now: float) -> str:
    """Return a time in the local zone: Tue 03:12, or 2026-12-24 03:12 if it is more than six days away or ago."""
    moment = time.localtime(seconds)
    weekday = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[moment.tm_wday]
    day = weekday if abs(seconds - now) <= _WEEKDAY_IS_CLEAR else time.strftime("%Y-%m-%d", moment)
    return f"{day} {moment.tm_hour:02}:{moment.tm_min:02}"


def nearest(word: str, names: Iterable[str], most: int = 3) -> list[str]:
    """The names that were probably meant, best first; one that differs only in case leads."""
    import difflib  # only a misspelt name pays for it

    known = sorted(set(names))
    folded = [name for name in known if name.casefold() == word.casefold()]
    by_case = {name.casefold(): name for name in reversed(known)}
    close = [by_case[hit] for hit in difflib.get_close_matches(word.casefold(), list(by_case), most)]
    inside = [name for name in known if word and word.casefold() in name.casefold()]
    return list(dict.fromkeys([*folded, *close, *inside]))[:most]


def joined(words: Iterable[str], last: str = "and") -> str:
    """Names in a sentence: `a, b and c`."""
    *before, end = list(words) or [""]
    return f"{', '.join(before)} {last} {end}" if before else end
