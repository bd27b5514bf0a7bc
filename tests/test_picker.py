"""The list that opens for `use` alone: in a real terminal, with real keys; and what a filter matches."""

import os
import shutil
import sys
import sysconfig
import time
from pathlib import Path

import pexpect
import pyte
import pytest

from awsprof.terminal.picker import Choice, Row, matching

CONFIG = """\
[profile play:one]
region = eu-west-1
[profile work:dev]
region = eu-west-2
role_arn = arn:aws:iam::222222222222:role/Dev
source_profile = play:one
[profile work:dev-old]
region = eu-west-2
role_arn = arn:aws:iam::333333333333:role/Dev
source_profile = play:one
[profile work:\x1b[31mops]
region = eu-west-3
"""
CTRL_C, CTRL_D, CTRL_U, CTRL_W, ESCAPE, DOWN, ENTER = "\x03", "\x04", "\x15", "\x17", "\x1b", "\x1b[B", "\r"
ALT_ENTER, BACKSPACE = ESCAPE + ENTER, "\x7f"
ASKED = "use which profile?"


def pasted(text: str) -> str:
    return f"\x1b[200~{text}\x1b[201~"


class Picker:
    """`awsprof use` in a terminal of 100 columns, as if a bash hook had called it."""

    def __init__(self, folder: Path, words: list[str], **variables: str) -> None:
        (folder / "config").write_text(CONFIG)
        self.channel = folder / "channel"
        self.screen = pyte.Screen(100, 24)
        self.stream = pyte.Stream(self.screen)
        self.shown = ""
        self.child = pexpect.spawn(
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
        self.child.delaybeforesend = None
        self.child.logfile_read = self

    def write(self, text: str) -> None:
        self.shown += text
        self.stream.feed(text)

    def flush(self) -> None:
        pass

    @property
    def lines(self) -> list[str]:
        return [line.rstrip() for line in self.screen.display if line.strip()]

    def until(self, lines: list[str]) -> None:
        """Wait until the screen shows these lines."""
        deadline = time.monotonic() + 20
        while self.lines != lines:
            assert time.monotonic() < deadline, self.lines
            try:
                self.child.read_nonblocking(4096, 0.1)
            except pexpect.TIMEOUT:
                continue
            except pexpect.EOF:
                break
        assert self.lines == lines

    def end(self) -> tuple[int | None, str]:
        """The exit code and what the hook's file holds."""
        self.child.expect(pexpect.EOF)
        self.child.close()
        code = self.child.exitstatus
        return code, self.channel.read_text() if self.channel.exists() else ""


def opened(folder: Path, *words: str, **variables: str) -> Picker:
    (folder / "channel").write_bytes(b"")
    variables = {"AWSPROF_HOOK": "1:bash", "AWSPROF_OUT": str(folder / "channel")} | variables
    picker = Picker(folder, [sys.executable, "-m", "awsprof", "use", *words], **variables)
    picker.child.expect_exact(ASKED)
    picker.child.expect_exact("\x1b[?7h")  # the first picture is complete
    return picker


def after(folder: Path, *keys: str, **variables: str) -> tuple[int | None, str]:
    picker = opened(folder, **variables)
    for key in keys:
        picker.child.send(key)
    return picker.end()


@pytest.mark.parametrize(
    ("keys", "active", "profile"),
    [
        ([ENTER], "", "play:one"),
        ([DOWN, DOWN, ENTER], "", "work:dev"),
        ([*"dev", ENTER], "", "work:dev"),
        ([*"dev", ENTER], "work:dev-old", "work:dev"),
        ([*"OLD work", ENTER], "", "work:dev-old"),
        ([*"33333", ENTER], "", "work:dev-old"),
        ([pasted("333333333333\n"), ENTER], "", "work:dev-old"),
        (["oldx", BACKSPACE, ENTER], "", "work:dev-old"),
        (["one nothing", CTRL_W, ENTER], "", "play:one"),
        (["nothing", CTRL_U, ENTER], "", "play:one"),
        (["nothing", ENTER, CTRL_U, "dev-old", ENTER], "", "work:dev-old"),
        ([ENTER], "work:dev", "work:dev"),
    ],
)
def test_a_profile_is_chosen(tmp_path: Path, keys: list[str], active: str, profile: str) -> None:
    code, snippet = after(tmp_path, *keys, **({"AWS_PROFILE": active} if active else {}))
    assert code == 0
    assert f"AWS_PROFILE='{profile}'" in snippet or (active == profile and "AWSPROF_SAVED" in snippet)


def test_a_filter_that_matches_nothing_shows_nothing_and_enter_does_nothing(tmp_path: Path) -> None:
    picker = opened(tmp_path)
    picker.child.send("nowhere")
    picker.until([f"{ASKED} nowhere  (nothing matches)"])
    picker.child.send(ENTER)
    picker.child.send("!")
    picker.until([f"{ASKED} nowhere!  (nothing matches)"])
    picker.child.send(ESCAPE)
    assert picker.end() == (130, "")


def test_what_is_shown(tmp_path: Path) -> None:
    """The active profile and the one before it come first; account and region stand next to each."""
    picker = opened(tmp_path, AWS_PROFILE="work:dev", AWSPROF_PREVIOUS="work:dev-old")
    picker.until(
        [
            f"{ASKED} (type to filter)",
            "> * work:dev          222222222222  eu-west-2",
            "    work:dev-old      333333333333  eu-west-2",
            "    play:one                        eu-west-1",
            "    work:\\x1b[31mops                eu-west-3",
        ]
    )
    picker.child.send("dev")
    picker.until(
        [
            f"{ASKED} dev",
            "> * work:dev          222222222222  eu-west-2",
            "    work:dev-old      333333333333  eu-west-2",
        ]
    )
    picker.child.send(ESCAPE)
    assert picker.end()[0] == 130
    assert "\x1b[31mops" not in picker.shown


def test_profiles_that_were_used_come_first(tmp_path: Path) -> None:
    (tmp_path / "config").write_text(CONFIG)
    for name in ("work:dev-old", "work:dev"):
        assert after(tmp_path, *name, ENTER)[0] == 0
    picker = opened(tmp_path)
    picker.child.send("e")
    picker.until(
        [
            f"{ASKED} e",
            ">   work:dev          222222222222  eu-west-2",
            "    work:dev-old      333333333333  eu-west-2",
            "    play:one                        eu-west-1",
        ]
    )
    picker.child.send(ESCAPE)
    picker.end()


@pytest.mark.parametrize("word", ["work:", "--domain=work", "--domain=work:"])
def test_one_domain(tmp_path: Path, word: str) -> None:
    picker = opened(tmp_path, word)
    picker.child.send("e")
    picker.until(
        [
            f"{ASKED} e",
            ">   work:dev          222222222222  eu-west-2",
            "    work:dev-old      333333333333  eu-west-2",
        ]
    )
    picker.child.send(ESCAPE)
    picker.end()


@pytest.mark.parametrize(
    "keys",
    [
        [CTRL_C],
        [CTRL_D],
        [ESCAPE],
        [ALT_ENTER],
        [ESCAPE + CTRL_C],
        [ESCAPE + ESCAPE],
        [ESCAPE, CTRL_C],
        [ESCAPE, ENTER],
        ["dev", ALT_ENTER],
        [CTRL_C + ENTER],
        [ESCAPE + "x" + ENTER],
    ],
)
def test_leaving_changes_nothing(tmp_path: Path, keys: list[str]) -> None:
    picker = opened(tmp_path)
    for key in keys:
        picker.child.send(key)
    code, snippet = picker.end()
    assert (code or picker.child.signalstatus, snippet) in {(130, ""), (2, "")}  # 2: killed by a late Ctrl-C
    assert "Traceback" not in picker.shown
    assert "exception" not in picker.shown.lower()
    assert "cancelled" in picker.shown or picker.child.signalstatus


def test_without_stderr_the_list_is_drawn_on_the_terminal(tmp_path: Path) -> None:
    command = f"{sys.executable} -m awsprof use --shell bash 2>/dev/null"
    picker = Picker(tmp_path, ["sh", "-c", command])
    picker.child.expect_exact(ASKED)
    picker.child.expect_exact("\x1b[?7h")
    picker.child.send("dev" + ENTER)
    picker.child.expect_exact("AWS_PROFILE='work:dev'")


@pytest.mark.skipif(not shutil.which("bash"), reason="bash is not installed")
def test_the_shell_changes_and_stdout_stays_free(tmp_path: Path) -> None:
    line = 'eval "$(awsprof init bash)"; awsuse >out; echo "[$AWS_PROFILE $?]"'
    picker = Picker(tmp_path, ["bash", "--norc", "--noprofile", "-c", f"cd {tmp_path}; {line}"])
    picker.child.expect_exact(ASKED)
    picker.child.expect_exact("\x1b[?7h")
    picker.child.send("dev" + ENTER)
    picker.child.expect_exact("[work:dev 0]")
    assert (tmp_path / "out").read_text() == ""


@pytest.mark.parametrize(
    ("typed", "profile"),
    [
        (["3"], "work:dev"),
        (["work:dev"], "work:dev"),
        (["dev", "old"], "work:dev-old"),  # two match: asked again
        (["old"], "work:dev-old"),
        (["9", "nowhere", "1"], "play:one"),
    ],
)
def test_a_terminal_that_can_only_print_takes_a_number_or_a_name(
    tmp_path: Path, typed: list[str], profile: str
) -> None:
    picker = Picker(tmp_path, [sys.executable, "-m", "awsprof", "use", "--shell", "bash"], TERM="dumb")
    for answer in typed:
        picker.child.expect_exact(f"{ASKED} [1-4, or a name] ")
        picker.child.send(answer + ENTER)
    picker.child.expect_exact(f"AWS_PROFILE='{profile}'")
    picker.child.expect(pexpect.EOF)


ROWS = [Row("play:ops"), Row("work:prod-ops", "", "123456789012"), Row("work:prod", "", "210987654321")]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", ["play:ops", "work:prod-ops", "work:prod"]),
        ("ops", ["play:ops", "work:prod-ops"]),
        ("ops prod", ["work:prod-ops"]),
        ("  PROD  work ", ["work:prod-ops", "work:prod"]),
        ("prod", ["work:prod", "work:prod-ops"]),  # exactly that name comes first
        ("work:prod", ["work:prod", "work:prod-ops"]),
        ("123456789012", ["work:prod-ops"]),
        ("2109 prod", ["work:prod"]),
        ("12345x", []),
        ("region", []),
    ],
)
def test_what_a_filter_matches(typed: str, found: list[str]) -> None:
    assert [row.answer for row in matching(ROWS, typed)] == found


def test_the_pointer_stays_within_what_matches() -> None:
    choice = Choice(ROWS, first="work:prod")
    assert choice.chosen == "work:prod"
    choice.move(5)
    choice.type("play")
    assert choice.chosen == "play:ops"
    choice.move(-1)
    choice.type("!")
    assert choice.chosen is None
    choice.move(1)
    choice.erase()
    assert choice.chosen == "play:ops"
