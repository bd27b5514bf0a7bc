"""Show text safely: escapes for what cannot be seen, names in quotes, the nearest names, words in a sentence."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

MASK = "********"
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
