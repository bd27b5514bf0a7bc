"""What the JavaScript SDK reads, by answers it gave; and which edits it would read differently from botocore."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given

from awsprof.files import javascript

from .ugly import ugly

READINGS = {
    "config": ("[profile work:dev]\nregion=r1\n", {"profile.work:dev": {"region": "r1"}}),
    "credentials": ("[work:dev]\nx = 1\n", {"work:dev": {"x": "1"}}),
    "CRLF": ("[profile a]\r\nx = 1\r\n", {"profile.a": {"x": "1"}}),
    "CR only": ("[profile a]\rx = 1\r", {}),
    "quotes": ("[profile \"a\"]\nx = 1\n[profile 'b']\nx = 2\n", {"profile.a": {"x": "1"}, "profile.b": {"x": "2"}}),
    "quotes around a space": ("[profile 'a b']\nx = 1\n", {"profile 'a b'": {"x": "1"}}),
    "tab": ("[profile\ta]\nx = 1\n", {"profile.a": {"x": "1"}}),
    "two spaces": ("[profile  a]\nx = 1\n", {"profile  a": {"x": "1"}}),
    "another type": ("[plugin a]\nx = 1\n[sso-session s]\ny = 2\n", {"sso-session.s": {"y": "2"}}),
    "indented header": ("[a]\nx = 1\n [b]\ny = 2\n", {"a": {"x": "1"}, "b": {"y": "2"}}),
    "comment after a header": ("[a] # c\nx = 1\n", {"a": {"x": "1"}}),
    "comment right after a header": ("[a];c\nx = 1\n", {}),
    "comment in a header": ("[profile a #b]\nx = 1\n", {}),
    "section twice": ("[a]\nx = 1\n[b]\n[a]\ny = 2\n", {"a": {"x": "1", "y": "2"}}),
    "key twice": ("[a]\nx = 1\nx = 2\n", {"a": {"x": "2"}}),
    "upper case": ("[a]\nREGION = x\n", {"a": {"REGION": "x"}}),
    "colon": ("[a]\nx: 1\ny: b=c\n", {"a": {"y: b": "c"}}),
    "no =": ("[a]\njunk\n= 1\nx = 1\n", {"a": {"x": "1"}}),
    "empty value": ("[a]\nregion =\nx = 1\n", {"a": {"x": "1"}}),
    "comments cut": ("[a]\nx = 1 # c\ny = 2 ;c\nz = 3#c\n#w = 4\n", {"a": {"x": "1", "y": "2", "z": "3#c"}}),
    "value that is a comment": ("[a]\nx = #c\ny = 1\n", {"a": {"y": "1"}}),
    "indented settings": ("[a]\n  x = 1\n  y = 2\n", {"a": {"x": "1", "y": "2"}}),
    "continuation": ("[a]\nx = 1\n  2\n  y = 3\n", {"a": {"x": "1", "y": "3"}}),
    "block": ("[a]\ns3 =\n  x = 1\n\n  y = 2\nx = 3\n", {"a": {"s3.x": "1", "s3.y": "2", "x": "3"}}),
    "block among indented": ("[a]\n  s3 =\n    x = 1\n  y = 2\n", {"a": {"s3.x": "1", "s3.y": "2"}}),
    "before a section": ("x = 1\n[a]\ny = 2\n", {"a": {"y": "2"}}),
    "BOM": ("\ufeff[a]\nx = 1\n", {"a": {"x": "1"}}),
    "U+0085 is no space": ("[a]\n\x85x = 1\n", {"a": {"\x85x": "1"}}),
    "__proto__": ("[a]\nx = 1\n[profile __proto__]\ny = 1\n", None),
}


@pytest.mark.parametrize(("text", "expected"), READINGS.values(), ids=READINGS)
def test_reads(text: str, expected: dict[str, dict[str, str]] | None) -> None:
    assert javascript.parse(text) == expected


NEW: Mapping[str, str | None] = {"region": "new"}
AGREED = {
    "set": ("[profile a]\nregion = old\n", "[profile a]\nregion = new\n", NEW, True),
    "upper case before": ("[profile a]\nREGION = old\n", "[profile a]\nregion = new\n", NEW, True),
    "colon and = before": ("[profile a]\nregion: a=b\n", "[profile a]\nregion = new\n", NEW, True),
    "removed": ("[profile a]\nregion = old\n", "[profile a]\n", {"region": None}, True),
    "new section": ("", "[profile a]\nregion = new\n", NEW, True),
    "not set": ("[profile a]\n", "[profile a]\nregion: new\n", NEW, False),
    "still there": ("[profile a]\nregion = old\n", "[profile a]\nregion = old\n", {"region": None}, False),
    "another setting lost": ("[profile a]\nx = 1\n", "[profile a]\nregion = new\n", NEW, False),
    "another section changed": ("[b]\nx = 1\n", "[b]\nx = 2\n[profile a]\nregion = new\n", NEW, False),
    "into a block": ("[profile a]\n  s3 =\n", "[profile a]\n  s3 =\n  region = new\n", NEW, False),
    "unusable before": ("[__proto__]\n", "[__proto__]\n[profile a]\nregion = new\n", NEW, True),
    "unusable after": ("", "[__proto__]\n", {}, False),
}


@pytest.mark.parametrize(("before", "after", "settings", "agrees"), AGREED.values(), ids=AGREED)
def test_agrees(before: str, after: str, settings: Mapping[str, str | None], agrees: bool) -> None:
    assert javascript.agrees(before, after, {"profile a": settings} if settings else {}) is agrees


@given(ugly())
def test_each_section_alone_is_read_as_within_its_file(data: bytes) -> None:
    text = data.decode(errors="replace")
    sections = javascript._by_section(text)
    found = javascript.parse(text)
    assert (sections is None) is (found is None)
    for name in sections or ():
        alone = {name: found[name]} if found and name in found else {}
        assert javascript._read(sections or {}, {name}) == alone
