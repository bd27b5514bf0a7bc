"""After every kind of edit three readers agree: this botocore, the AWS CLI v1's, and the AWS SDK for JavaScript.

They read exactly the intended change, and all other lines are byte for byte as before; or the edit is refused, with its
line where there is one to name, and nothing is written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, event, given
from hypothesis import settings as tried
from hypothesis import strategies as st

from awsprof.errors import FileError
from awsprof.files import javascript, plan, read
from tests.clients import Read, Reader, awscli_reader, javascript_reader

from .test_readings import ACCEPTED, case
from .ugly import EXAMPLES, KEYS, LINE, botocore_reads, header_of, lived_in, ordinary, ugly, written

Settings = Mapping[str, str | None]


REFUSAL = re.compile(r" line \d+: .*; nothing was written$| refuse |some AWS tools cannot read")


class Edit(NamedTuple):
    """Settings of profiles (None: the profile goes), and new names."""

    changes: Mapping[str, Settings | None] = {}
    renamed: Mapping[str, str] = {}


EDITS = {
    "set": Edit({"foo": {"region": "new"}}),
    "set several": Edit({"foo": {"aws_access_key_id": "AK2", "output": "json", "region": "a=b"}}),
    "unset": Edit({"foo": {"aws_access_key_id": None, "region": None}}),
    "another profile": Edit({"work:new": {"region": "new", "role_arn": "arn:aws:iam::123456789012:role/R"}}),
    "into a block": Edit({"foo": {"s3.max_queue_size": "9"}}),
    "out of a block": Edit({"foo": {"s3.addressing_style": None}}),
    "remove": Edit({"foo": None}),
    "rename": Edit(renamed={"foo": "work:bar"}),
    "rename and set": Edit({"foo": {"region": "new"}}, {"foo": "work:bar"}),
    "remove and rename": Edit({"foo": None}, {"default": "work:bar"}),
}


@pytest.fixture(scope="module")
def clients() -> Iterator[dict[str, Reader]]:
    """The readers that are here, beside the botocore of these tests."""
    found: dict[str, Reader] = {}
    for name, start in (("awscli", awscli_reader), ("javascript", javascript_reader)):
        try:
            found[name] = start()
        except pytest.skip.Exception:
            continue
    yield found
    for reader in found.values():
        reader.close()


@pytest.mark.parametrize("start", [awscli_reader, javascript_reader])
def test_the_client_is_here(start: Callable[[], Reader], tmp_path: Path) -> None:
    """Where one is not, the tests below go without it: this says so."""
    path = tmp_path / "file"
    path.write_text("[a]\nx = 1\n")
    reader = start()
    assert reader.reads(path) == {"a": {"x": "1"}}
    reader.close()


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
@pytest.mark.parametrize("row", ACCEPTED, ids=case)
def test_an_edit_of_an_odd_file(row: dict[str, str], edit: Edit, clients: dict[str, Reader], tmp_path: Path) -> None:
    for name in ("config", "credentials"):
        if row[name] or row["config"] == row["credentials"]:
            try_edit(tmp_path / name, row[name].encode("latin-1"), edit, clients, config=name == "config")


_data = st.one_of(ugly(), lived_in(), lived_in(), ordinary().map(lambda file: file[0]))
_names = st.sampled_from(["a", "a", "a", "b", "b", "first", "first", "default", "work:dev", "new"])
_values = st.sampled_from(["new", "a=b==", "a:b", None])
_plain = st.dictionaries(st.sampled_from([*KEYS, "new_key"]), _values, min_size=1, max_size=3)
_inside = st.dictionaries(st.sampled_from(["s3.region", "s3.x", "s4.x"]), _values, min_size=1, max_size=2)
_wanted = st.one_of(_plain, _plain, _inside)
_changes = st.dictionaries(_names, st.one_of(_wanted, _wanted, st.none()), max_size=2)


@tried(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=_data,
    changes=_changes,
    renamed=st.dictionaries(_names, st.just("new:name") | _names, max_size=1),
    config=st.booleans(),
)
def test_an_edit_of_any_file(
    data: bytes,
    changes: dict[str, Settings | None],
    renamed: dict[str, str],
    config: bool,
    clients: dict[str, Reader],
    tmp_path: Path,
) -> None:
    renamed = {old: new for old, new in renamed.items() if old != new and new not in changes and old not in changes}
    event(try_edit(tmp_path / "file", data, Edit(changes, renamed), clients, config=config))


@tried(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=ugly())
def test_what_javascript_reads_is_known(data: bytes, clients: dict[str, Reader], tmp_path: Path) -> None:
    if "javascript" not in clients:
        pytest.skip("the AWS SDK for JavaScript is not here")
    path = tmp_path / "file"
    path.write_bytes(data)
    assert (javascript.parse(data.decode(errors="replace")) or {}) == clients["javascript"].reads(path)


def try_edit(path: Path, data: bytes, edit: Edit, clients: dict[str, Reader], *, config: bool) -> str:
    """Make an edit and hold what each client reads to what was meant; gives what became of it."""
    path.write_bytes(data)
    before, others = botocore_reads(path), {name: reader.reads(path) for name, reader in clients.items()}
    refusal = refused(path, edit, config=config)
    if refusal:
        assert path.read_bytes() == data
        assert REFUSAL.search(refusal), refusal
        return "refused" if before is not None else "refused, as by botocore"
    assert before is not None
    file = read.parse(data)
    assert botocore_reads(path) == expected(before, file, edit, config=config)
    if "awscli" in clients:
        assert clients["awscli"].reads(path) == expected(others["awscli"] or {}, file, edit, config=config)
    if "javascript" in clients and javascript.parse(data.decode()) is not None:
        wanted = javascript_expected(others["javascript"] or {}, file, edit, config=config)
        assert clients["javascript"].reads(path) == wanted
    assert_other_lines_stand(data, path.read_bytes(), file, edit, config=config)
    return "nothing to do" if path.read_bytes() == data else "edited"


def refused(path: Path, edit: Edit, *, config: bool) -> str:
    """Make an edit; gives why it cannot be made."""
    try:
        plan.carry_out([plan.Step(str(path), edit.changes, config=config, renamed=edit.renamed)])
    except FileError as error:
        return error.what
    return ""


def expected(before: Read, file: read.IniFile, edit: Edit, *, config: bool) -> Read:
    """What botocore should read: the old, plus exactly the edit."""
    found = {header: dict(section) for header, section in before.items()}
    inherited = {key: nested(option.value) for key, option in file.defaults.options.items()}
    for profile, settings in edit.changes.items():
        header = header_of(file, profile, config=config)
        if settings is None:
            found.pop(header, None)
        elif header in found or any(value is not None for value in settings.values()):
            change(found.setdefault(header, dict(inherited)), settings)
    names = {header_of(file, a, config=config): written(b, config=config) for a, b in edit.renamed.items()}
    names = {was: now for was, now in names.items() if was in before}
    return {names.get(header, header): section for header, section in found.items()}


def nested(value: str) -> object:
    return read.nested(value) if value[:1] == "\n" else value


def change(section: dict[str, object], settings: Settings) -> None:
    for key, value in settings.items():
        block, dot, name = key.partition(".")
        inside = section.get(block, {}) if dot else None
        if isinstance(inside, dict):
            section[block] = {**inside, name: value}
            section[block] = {each: it for each, it in section[block].items() if it is not None}  # type: ignore[attr-defined] # a block
            if not section[block]:
                del section[block]
        elif value is None:
            section.pop(key, None)
        else:
            section[key] = value


def javascript_expected(before: Read, file: read.IniFile, edit: Edit, *, config: bool) -> Read:
    """The same for JavaScript, which keeps keys as they are spelt and shows no section without settings."""
    found = {name: dict(section) for name, section in before.items()}
    for profile, settings in edit.changes.items():
        name = javascript._section(header_of(file, profile, config=config))
        if settings is None:
            found.pop(name, None)
        elif name:
            kept = {key: value for key, value in found.get(name, {}).items() if plain(key) not in settings}
            found[name] = kept | {key: value for key, value in settings.items() if value is not None}
    names = {
        javascript._section(header_of(file, a, config=config)): javascript._section(written(b, config=config))
        for a, b in edit.renamed.items()
        if header_of(file, a, config=config) in file.sections
    }
    return {names.get(name, name): section for name, section in found.items() if section}


def plain(key: str) -> str:
    """The setting that botocore takes a key of JavaScript's for."""
    return key.partition(":")[0].strip().lower()


def assert_other_lines_stand(before: bytes, after: bytes, file: read.IniFile, edit: Edit, *, config: bool) -> None:
    """Every other section is as it was, from its header to its last value."""
    touched = {header_of(file, name, config=config) for name in (*edit.changes, *edit.renamed)}
    now = read.parse(after)
    for header, section in file.sections.items():
        if header not in touched:
            assert lines_of(now, now.sections[header], after) == lines_of(file, section, before)


def lines_of(file: read.IniFile, section: read.Section, data: bytes) -> list[bytes]:
    """The lines of a section with what stands among them, from its header to the last line of its last value."""
    last = max([section.line, *(option.last for option in section.options.values())])
    return [line.rstrip(b"\r\n") for line in LINE.findall(data)[section.line : last + 1]]
