"""The list that opens for `use` alone: in a real terminal, with real keys."""

import os
import shutil
import sys
import sysconfig
from pathlib import Path

import pexpect
import pytest

CONFIG = """\
[profile play:one]
region = eu-west-1
[profile work:dev]
region = eu-west-2
[profile work:\x1b[31mops]
region = eu-west-3
"""
CTRL_C, CTRL_D, ESCAPE, DOWN, ENTER = "\x03", "\x04", "\x1b", "\x1b[B", "\r"


def start(folder: Path, words: list[str], **variables: str) -> "pexpect.spawn[str]":
    (folder / "config").write_text(CONFIG)
    child = pexpect.spawn(
        words[0],
        words[1:],
        env={
            "HOME": str(folder),
            "PATH": f"{sysconfig.get_path('scripts')}:{os.environ['PATH']}",
            "TERM": "xterm",
            "AWS_CONFIG_FILE": str(folder / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(folder / "credentials"),
        }
        | variables,
        encoding="utf-8",
        dimensions=(24, 100),
        timeout=30,
    )
    child.delaybeforesend = None
    return child


def chosen(folder: Path, *keys: str, **variables: str) -> tuple[int | None, str, str]:
    """Exit code, what the terminal showed and what the hook's file holds after these keys."""
    channel = folder / "channel"
    channel.write_bytes(b"")
    variables |= {"AWSPROF_HOOK": "1:bash", "AWSPROF_OUT": str(channel)}
    child = start(folder, [sys.executable, "-m", "awsprof", "use"], **variables)
    child.expect_exact("(type to filter)")
    child.expect_exact("\x1b[?7h")  # the first picture is complete
    for key in keys:
        child.send(key)
    child.expect(pexpect.EOF)
    child.close()
    return child.exitstatus, child.before or "", channel.read_text() if channel.exists() else ""


@pytest.mark.parametrize(
    ("keys", "active", "profile"),
    [
        ([ENTER], "", "play:one"),
        ([DOWN, DOWN, ENTER], "", "work:dev"),
        ([*"dev", ENTER], "", "work:dev"),
        ([ENTER], "work:dev", "work:dev"),
    ],
    ids=["the first", "arrows", "filtered", "begins at the active one"],
)
def test_a_profile_is_chosen(tmp_path: Path, keys: list[str], active: str, profile: str) -> None:
    code, _, snippet = chosen(tmp_path, *keys, **({"AWS_PROFILE": active} if active else {}))
    assert code == 0
    assert f"AWS_PROFILE='{profile}'" in snippet


@pytest.mark.parametrize("key", [CTRL_C, CTRL_D, ESCAPE], ids=["Ctrl-C", "Ctrl-D", "Esc"])
def test_leaving_changes_nothing(tmp_path: Path, key: str) -> None:
    code, shown, snippet = chosen(tmp_path, key)
    assert (code, snippet) == (130, "")
    assert "cancelled, nothing changed" in shown


def test_names_are_shown_harmless(tmp_path: Path) -> None:
    assert "\x1b[31mops" not in chosen(tmp_path, ESCAPE)[1]


@pytest.mark.skipif(not shutil.which("bash"), reason="bash is not installed")
def test_the_shell_changes_and_stdout_stays_free(tmp_path: Path) -> None:
    line = 'eval "$(awsprof init bash)"; awsuse >out; echo "[$AWS_PROFILE $?]"'
    child = start(tmp_path, ["bash", "--norc", "--noprofile", "-c", f"cd {tmp_path}; {line}"])
    child.expect_exact("(type to filter)")
    child.expect_exact("\x1b[?7h")
    child.send("dev" + ENTER)
    child.expect_exact("[work:dev 0]")
    assert (tmp_path / "out").read_text() == ""


def test_a_terminal_that_can_only_print_gets_numbers(tmp_path: Path) -> None:
    child = start(tmp_path, [sys.executable, "-m", "awsprof", "use", "--shell", "bash"], TERM="dumb")
    child.expect_exact("use which profile? [1-3] ")
    child.send("3" + ENTER)
    child.expect_exact("AWS_PROFILE='work:dev'")
    child.expect(pexpect.EOF)
