"""A change is shown as it will be, without its secrets; of two files the first waits for the second."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from awsprof.errors import FileError
from awsprof.files import plan
from awsprof.text.display import MASK
from tests.files.conftest import AsNobody

KEYS = {"aws_access_key_id": "AKIANEW", "aws_secret_access_key": "NEWSECRET"}
SHOWN_KEYS = ["+aws_access_key_id = AKIANEW", f"+aws_secret_access_key = {MASK}"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "credentials"


def step(path: Path, settings: dict[str, str | None] | None = None, profile: str = "a") -> plan.Step:
    return plan.Step(str(path), {profile: settings or dict(KEYS)}, config=path.name == "config")


def diff(path: Path, before: str, settings: dict[str, str | None] | None = None) -> list[str]:
    """The lines of the diff without the two that name the file."""
    path.write_text(before, encoding="utf-8", newline="")
    lines = plan.preview([step(path, settings)])
    assert lines[:2] == [f"--- {path}", f"+++ {path}"]
    assert path.read_bytes() == before.encode()
    return lines[2:]


M = f"aws_secret_access_key = {MASK}"
DIFFS: dict[str, tuple[str, dict[str, str | None], list[str]]] = {
    "new section": (
        "[b]\nx = 1\n",
        {"region": "r"},
        ["@@ -1,2 +1,5 @@", " [b]", " x = 1", "+", "+[a]", "+region = r"],
    ),
    "replaced": (
        "[a]\nregion = q\nx = 1\n",
        {"region": "r"},
        ["@@ -1,3 +1,3 @@", " [a]", "-region = q", "+region = r", " x = 1"],
    ),
    "removed": ("[a]\nregion = q\n", {"region": None}, ["@@ -1,2 +1,1 @@", " [a]", "-region = q"]),
    "only the secret": (
        "[a]\naws_secret_access_key = OLD\n",
        {"aws_secret_access_key": "NEWSECRET"},
        ["@@ -1,2 +1,2 @@", " [a]", f"-{M}", f"+{M}"],
    ),
    "secrets around": (
        "[b]\naws_session_token = OLD==\naws_secret_access_key:OLD\n[a]\n",
        {"region": "r"},
        ["@@ -3,2 +3,3 @@", f" aws_secret_access_key: {MASK}", " [a]", "+region = r"],
    ),
    "a colon before a token with =": (
        "[a]\naws_session_token: OLD+OLD/OLD==\n",
        {"region": "r"},
        ["@@ -1,2 +1,3 @@", " [a]", f" aws_session_token: {MASK}", "+region = r"],
    ),
    "in comments": (
        "; note: AWS_SECRET_ACCESS_KEY=OLD\n[a]\n#aws_secret_access_key = OLD\n",
        {"region": "r"},
        ["@@ -1,3 +1,4 @@", f" ; note: AWS_SECRET_ACCESS_KEY= {MASK}", " [a]", "+region = r", f" #{M}"],
    ),
    "on continuation lines": (
        "[a]\naws_secret_access_key = OLD\n  OLD\n  # OLD\n",
        {"region": "r"},
        ["@@ -3,2 +3,3 @@ [a]", f"   {MASK}", f"   {MASK}", "+region = r"],
    ),
    "token files are no secrets": (
        "[a]\nweb_identity_token_file = /a:b=c\n",
        {"region": "r"},
        ["@@ -1,2 +1,3 @@", " [a]", " web_identity_token_file = /a:b=c", "+region = r"],
    ),
    "an empty secret": (
        "[a]\naws_session_token =\n",
        {"region": "r"},
        ["@@ -1,2 +1,3 @@", " [a]", " aws_session_token =", "+region = r"],
    ),
    "tabs and controls": (
        "[a]\nx\t= \x1b[31m\n",
        {"region": "r"},
        ["@@ -1,2 +1,3 @@", " [a]", r" x   = \x1b[31m", "+region = r"],
    ),
    "CRLF": ("[a]\r\nx = 1\r\n", {"region": "r"}, ["@@ -1,2 +1,3 @@", " [a]", " x = 1", "+region = r"]),
}


@pytest.mark.parametrize(("before", "settings", "shown"), DIFFS.values(), ids=DIFFS)
def test_preview(before: str, settings: dict[str, str | None], shown: list[str], path: Path) -> None:
    lines = diff(path, before, settings)
    assert "OLD" not in "".join(lines)
    assert lines == shown


def test_preview_of_a_missing_file(path: Path) -> None:
    lines = plan.preview([step(path)])
    assert lines == [f"--- {path}", f"+++ {path}", "@@ -0,0 +1,3 @@", "+[a]", *SHOWN_KEYS]
    assert list(path.parent.iterdir()) == []


def test_preview_of_nothing(path: Path) -> None:
    path.write_text("[a]\naws_access_key_id=AKIANEW\naws_secret_access_key=NEWSECRET")
    assert plan.preview([step(path)]) == []


ALIKE = "".join(f"[profile r{n}]\nregion = eu-west-1\noutput = json\n\n" for n in range(4))


def removed(path: Path, *names: str) -> list[str]:
    path.write_text(ALIKE)
    return plan.preview([plan.Step(str(path), dict.fromkeys(names), config=True)])[2:]


def test_a_removed_section_is_shown_as_one_whatever_its_neighbours_share(path: Path) -> None:
    r2 = ["-[profile r2]", "-region = eu-west-1", "-output = json", "-"]
    assert removed(path, "r2") == [
        "@@ -7,8 +7,4 @@ [profile r1]",
        " output = json",
        " ",
        *r2,
        " [profile r3]",
        " region = eu-west-1",
    ]
    r1 = [line.replace("r2", "r1") for line in r2]
    assert [line for line in removed(path, "r1", "r2") if line.startswith("-")] == [*r1, *r2]


def test_a_hunk_says_which_section_it_is_in(path: Path) -> None:
    more = "".join(f"x{n} = {n}\n" for n in range(9))
    path.write_text("".join(f"[profile {name}]\n{more}" for name in "ab"))
    change = {"b": {"x8": "new"}, "a": {"x7": "new"}}
    lines = plan.preview([plan.Step(str(path), change, config=True, renamed={"a": "c"})])
    assert [line for line in lines if line.startswith("@@")] == [
        "@@ -1,3 +1,3 @@",
        "@@ -7,5 +7,5 @@ [profile a]",
        "@@ -18,3 +18,3 @@ [profile b]",
    ]


def test_preview_of_distant_changes(path: Path) -> None:
    path.write_text("[a]\nx = 1\n" + "# c\n" * 9 + "[b]\n")
    lines = plan.preview([plan.Step(str(path), {"a": {"x": "2"}, "b": {"y": "3"}}, config=False)])
    assert [line for line in lines if line.startswith("@@")] == ["@@ -1,4 +1,4 @@", "@@ -11,2 +11,3 @@"]


def test_preview_of_two_files(path: Path) -> None:
    config = path.with_name("config")
    lines = plan.preview([step(path), step(config, {"region": "r"})])
    assert lines[4:6] == SHOWN_KEYS
    assert lines[6:] == [f"--- {config}", f"+++ {config}", "@@ -0,0 +1,2 @@", "+[profile a]", "+region = r"]


def test_preview_refuses_what_cannot_be_edited(path: Path) -> None:
    path.write_text("junk\n")
    with pytest.raises(FileError, match=f"{path} line 1: text before the first section; nothing was written"):
        plan.preview([step(path)])


def test_two_files_are_written_in_order(path: Path) -> None:
    config = path.with_name("config")
    config.write_text("[profile a]\nexpiration = old\n")
    assert plan.carry_out([step(path), step(config, {"expiration": None})]) == []
    assert path.read_text() == "[a]\naws_access_key_id = AKIANEW\naws_secret_access_key = NEWSECRET\n"
    assert config.read_text() == "[profile a]\n"


def test_files_in_two_folders(tmp_path: Path, path: Path) -> None:
    config = tmp_path / "x" / "config"
    plan.carry_out([step(path), step(config, {"region": "r"})])
    assert config.read_text() == "[profile a]\nregion = r\n"
    assert (path.parent / ".awsprof.lock").exists()
    assert (config.parent / ".awsprof.lock").exists()


def _unreadable_for_botocore(config: Path) -> None:
    config.write_text("[profile a]\nregion = x\nregion = y\n")


def _directory(config: Path) -> None:
    config.mkdir()


def _named_twice(config: Path) -> None:
    config.write_text("[profile a]\n[profile  a]\n")


def _device(config: Path) -> None:
    config.symlink_to("/dev/null")


SECOND = {
    "refused by botocore": _unreadable_for_botocore,
    "a directory": _directory,
    "ambiguous": _named_twice,
    "a device": _device,
}


@pytest.mark.parametrize("trial", [False, True])
@pytest.mark.parametrize("spoil", SECOND.values(), ids=SECOND)
def test_nothing_is_written_where_the_second_file_is_refused(spoil: object, trial: bool, path: Path) -> None:
    config = path.with_name("config")
    assert callable(spoil)
    spoil(config)
    path.write_text("[b]\n")
    with pytest.raises(FileError):
        plan.carry_out([step(path), step(config, {"region": "r"})], trial=trial)
    assert path.read_text() == "[b]\n"
    assert {entry.name for entry in path.parent.iterdir() if "tmp" in entry.name} == set()


def test_a_trial_writes_nothing(path: Path) -> None:
    config = path.with_name("config")
    config.write_text("[profile a]\n")
    before = config.stat()
    assert plan.carry_out([step(path), step(config, {"region": "r"})], trial=True) == []
    assert config.stat() == before
    assert sorted(entry.name for entry in path.parent.iterdir()) == [".awsprof.lock", "config"]


def test_an_edit_that_botocore_misreads_is_not_written(path: Path) -> None:
    with pytest.raises(FileError, match=r" line 1: AWS tools would read .* differently; nothing was written"):
        plan.carry_out([step(path, profile="DEFAULT")])
    assert sorted(entry.name for entry in path.parent.iterdir()) == [".awsprof.lock"]


def test_what_a_killed_writer_left_is_removed(path: Path) -> None:
    (path.parent / ".awsprof-tmp-0123").write_text("secret")
    plan.carry_out([step(path)])
    assert sorted(entry.name for entry in path.parent.iterdir()) == [".awsprof.lock", "credentials"]


@pytest.mark.parametrize(("name", "warned"), [("credentials", True), ("config", False)])
def test_only_a_readable_credentials_file_is_told(tmp_path: Path, name: str, warned: bool) -> None:
    """By what the file is for, not by its name: a link may lead to a file of any name."""
    real, path = tmp_path / "dotfile", tmp_path / name
    real.write_text("[b]\n")
    real.chmod(0o644)
    path.symlink_to(real)
    assert (
        plan.carry_out([step(path, {"region": "r"})]) == [f"other users can read {real}; run chmod 600 {real}"] * warned
    )


def test_a_file_that_stops_the_aws_tools_stops_verbs_that_write(path: Path) -> None:
    config = path.with_name("config")
    plan.refuse_unwritable([str(path), str(config)])
    config.write_text("[profile a]\njunk\n")
    with pytest.raises(FileError, match="line 2: neither") as caught:
        plan.refuse_unwritable([str(path), str(config)])
    assert (caught.value.exit_code, caught.value.what.count("nothing was written")) == (4, 1)


def test_a_file_in_a_read_only_folder_is_named(tmp_path: Path, as_nobody: AsNobody) -> None:
    path = tmp_path / "config"
    path.write_text("[profile a]\n")
    path.chmod(0o644)
    tmp_path.chmod(0o555)
    try:
        said = as_nobody(plan.carry_out, [plan.Step(str(path), {"a": {"region": "r"}}, config=True)])
    finally:
        tmp_path.chmod(0o700)
    assert said == (f"FileError 4 {path} is read-only: its folder {tmp_path} cannot be written to; nothing was written")
    assert path.read_text() == "[profile a]\n"


def test_a_read_only_config_is_replaced_with_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text("[profile a]\n")
    path.chmod(0o444)
    warnings = plan.carry_out([plan.Step(str(path), {"a": {"region": "r"}}, config=True)])
    assert warnings == [f"{path} is read-only (mode 444); it was replaced and is still read-only"]


@pytest.mark.parametrize("order", [1, -1])
def test_an_optional_step_that_fails_is_a_warning(tmp_path: Path, order: int) -> None:
    """Here AWS tools differ on which section is the profile's, so no edit of it is safe."""
    config, credentials = tmp_path / "config", tmp_path / "credentials"
    config.write_text('[profile a]\nexpiration = x\n[profile "a"]\nexpiration = x\n')
    credentials.write_text("[a]\nregion = x\n")
    before = config.read_bytes()
    steps = [
        plan.Step(str(credentials), {"a": {"region": "y"}}, config=False),
        plan.Step(str(config), {"a": {"expiration": None}}, config=True, optional=True),
    ][::order]
    assert plan.changing(steps) == steps
    assert len([line for line in plan.preview(steps) if line.startswith("+++")]) == 1
    assert plan.carry_out(steps, trial=True) == []
    credentials.chmod(0o600)
    (warning,) = plan.carry_out(steps)
    assert warning.startswith(f"leftover settings remain: {config} line 3: AWS tools differ")
    assert (credentials.read_text(), config.read_bytes()) == ("[a]\nregion = y\n", before)


def test_an_optional_step_in_a_folder_that_is_read_only_is_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "c").mkdir()
    config = tmp_path / "c" / "config"
    config.write_text("[profile a]\nexpiration = x\n")
    monkeypatch.setattr(os, "access", lambda folder, *_, **__: folder != str(tmp_path / "c"))
    steps = [
        plan.Step(str(tmp_path / "credentials"), {"a": {"region": "y"}}, config=False),
        plan.Step(str(config), {"a": {"expiration": None}}, config=True, optional=True),
    ]
    (warning,) = plan.carry_out(steps)
    assert warning.startswith(f"leftover settings remain: {config} is read-only")
    assert (tmp_path / "credentials").read_text() == "[a]\nregion = y\n"
    assert os.listdir(tmp_path / "c") == ["config"]
