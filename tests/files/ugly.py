"""AWS files as people, tools and accidents leave them: ugly ones and ordinary ones, for the properties."""

from __future__ import annotations

import os
import re

from hypothesis import strategies as st

from awsprof.files import read

# How many files a property is tried on: `make torture` takes its time.
EXAMPLES = 20_000 if os.environ.get("AWSPROF_TORTURE") else 1_000
LINE = re.compile(rb"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")
_NAMES = ["default", "profile default", "profile a", "profile b", "a", "b", "profile work:dev"]
_ODD_NAMES = [
    'profile "a"',
    "profile 'a b'",
    "profile  a",
    "profile\ta",
    " profile a ",
    "a ",
    "DEFAULT",
    "profile a b",
    "profile o'neil",
    "profile a\\b",
    "profile a]b",
    "profile a#b",
    "profile a #b",
    "profile café",
    "profilea b",
    "sso-session s",
    "services s",
    "]",
    "",
    "profile.a",
]
KEYS = ["region", "role_arn", "s3", "source_profile"]
_ODD_KEYS = ["Region", "a b", "ROLE_ARN", "região", "#", ";x"]
_VALUES = ["eu-west-1", "x=y", "a:b", "arn:aws:iam::000000000000:role/R", "abc/d+e=="]
_ODD_VALUES = [
    "",
    "v # c",
    "v ; c",
    "v#c",
    '"v"',
    "ü",
    "a\u2028b = c",
    "a\x85b",
    "a\x0bregion = b",
    "\x1c",
    "%(x)s",
    "[x]",
]
_JUNK = ["junk", "= v", ": v", "[profile a", "[]", "// note", "]", "\ufeff[profile a]", "\x00", "\x0c", "\u2028", "["]


def _header(names: list[str], tails: list[str]) -> st.SearchStrategy[str]:
    return st.builds("[{}]{}".format, st.sampled_from(names), st.sampled_from(tails))


def _option(keys: list[str], equals: list[str], values: list[str]) -> st.SearchStrategy[str]:
    return st.builds("{}{}{}".format, st.sampled_from(keys), st.sampled_from(equals), st.sampled_from(values))


_plain_header = _header(_NAMES, [""])
_plain_option = _option(KEYS, [" = ", "="], _VALUES)
_odd_line = st.one_of(
    _header(_NAMES + _ODD_NAMES, ["", "", " # note", ";note", " x", " # ]"]),
    _option(KEYS + _ODD_KEYS, [" = ", "=", ":", " : ", "= ", ""], _VALUES + _ODD_VALUES),
    st.sampled_from([f"{key} =" for key in KEYS]),
    st.sampled_from(["# region = x", "; [profile a]", "#", "# café", "", "", " "]),
    st.sampled_from(_JUNK),
)
_indent = st.sampled_from(["", "", "", "", "  ", "    ", "\t", " ", "\x0b", "\u3000", "\x1c"])
_ending = st.sampled_from(["\n"] * 12 + ["\r\n", "\r"])


@st.composite
def ugly(draw: st.DrawFn) -> bytes:
    """Any mixture: botocore refuses about half of them."""
    odd = draw(st.integers(0, 3))
    line = st.one_of(*[_plain_header, _plain_option, _plain_option] * 2, *[_odd_line] * odd)
    lines = draw(st.lists(st.tuples(_indent if odd else st.just(""), line, _ending), max_size=14))
    if draw(st.integers(0, 3)):
        lines = [("", "[profile first]", "\n"), *_without_doubles(lines)]
    text = "".join(f"{indent}{words}{ending}" for indent, words, ending in lines)
    data = (text.rstrip("\r\n") if draw(st.booleans()) else text).encode()
    return data + draw(st.sampled_from([b""] * 30 + [b"\xff", b"# caf\xe9\n"]))


def _without_doubles(lines: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """The lines without what would make botocore refuse most mixtures: a header or key again, and plain junk."""
    kept: list[tuple[str, str, str]] = []
    headers: set[str] = set()
    keys: set[str] = set()
    for indent, words, ending in lines:
        key = re.split("[=:]", words)[0].strip().lower()
        if words.startswith("["):
            if words in headers:
                continue
            headers.add(words)
            keys = set()
        elif key in keys or words in _JUNK:
            continue
        elif words.strip() and words[0] not in "#;":
            keys.add(key)
        kept.append((indent, words, ending))
    return kept


_BLOCKS = [
    "{key} =\n  region = inner\n  role_arn = inner",
    "{key} =\n\tregion = inner\n\t# note\n\n\ty = 1",
    "{key} = \n    y = 1",
    "{key}=\n  region=a\u2028b = c\n  region = twice",
]
_LINES = [
    "{key} = old",
    "{key}=old",
    "{key}\t=\told # c",
    "{key} = old\n  more",
    "{key} = a\x0bb\x0c",
    "  {key} = old",
    "{key}: o",
]
_AROUND = ["", "", "", "\n", "# note\n", "  # note\n", "; region = x\n", "\n\n# caf\xe9\n", "odd = a\x85b\n", "\t\n"]


@st.composite
def lived_in(draw: st.DrawFn) -> bytes:
    """Sections with blocks, comments, tabs and odd characters, as years leave them: botocore refuses few."""
    parts: list[str] = []
    for name in draw(st.lists(st.sampled_from(_NAMES * 3 + _ODD_NAMES), min_size=1, max_size=4, unique=True)):
        parts.append(
            draw(st.sampled_from(_AROUND[:-2])) + f"[{name}]{draw(st.sampled_from(['', '', ' # note', ' x']))}\n"
        )
        for key in draw(st.permutations(KEYS))[: draw(st.integers(0, 6))]:
            form = draw(st.sampled_from(_BLOCKS if key == "s3" else _LINES))
            parts.append(form.format(key=key) + "\n" + draw(st.sampled_from(_AROUND)))
    text = "".join(parts).replace("\n", draw(st.sampled_from(["\n", "\n", "\r\n"])))
    return (text.rstrip() if draw(st.booleans()) else text).encode()


@st.composite
def ordinary(draw: st.DrawFn) -> tuple[bytes, str]:
    """A file as people keep it, every setting once, and its line ending: it must never be refused."""
    ending = draw(st.sampled_from(["\n", "\r\n"]))
    indent = draw(st.sampled_from(["", "", "  "]))
    lines: list[str] = draw(st.lists(st.sampled_from(["# my accounts", ""]), max_size=2))
    for name in draw(st.lists(st.sampled_from(["default", "profile a", "profile b", "sso-session s"]), unique=True)):
        lines.append(f"[{name}]{draw(st.sampled_from(['', ' # note']))}")
        for key in draw(st.lists(st.sampled_from(KEYS), unique=True)):
            if key == "s3":
                lines += ["s3 =", "    region = inner", "    role_arn = inner"] if not indent else []
            else:
                lines.append(f"{indent}{key} = {draw(st.sampled_from(_VALUES))}")
            lines += draw(st.lists(st.sampled_from(["# note", "  # note", "", "; region = old"]), max_size=1))
    text = ending.join(lines) + (ending if draw(st.booleans()) else "")
    return text.encode(), ending


def botocore_reads(path: object) -> dict[str, dict[str, object]] | None:
    """What botocore reads of a file; None where it refuses."""
    from botocore import configloader, exceptions

    try:
        return dict(configloader.raw_config_parse(str(path)))
    except exceptions.ConfigParseError:
        return None


def botocore_profiles(path: object) -> list[str]:
    """The profiles that botocore finds in a config file."""
    from botocore import configloader

    return list(configloader.load_config(str(path))["profiles"])


def awsprof_reads(file: read.IniFile) -> dict[str, dict[str, object]] | None:
    """What awsprof reads of a file, in botocore's form; None where it has a problem."""
    if file.problem is not None:
        return None
    return {
        header: {key: read.nested(value) if value[:1] == "\n" else value for key, value in file.values(header).items()}
        for header in file.sections
    }


def header_of(file: read.IniFile, profile: str, *, config: bool) -> str:
    """The header of the section that a profile has, else of the one it gets."""
    known = {name: section.header for name, section in read.config_sections(file)} if config else {}
    return known.get(profile, written(profile, config=config))


def written(profile: str, *, config: bool) -> str:
    return f"profile {profile}" if config and profile != "default" else profile
