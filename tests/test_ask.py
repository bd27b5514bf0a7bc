"""awsprof/terminal/ask.py at a real terminal: what is shown, what is not, and how a question is left."""

import io
import os
import subprocess
import sys

import pexpect
import pytest

from awsprof.terminal import ask

BEFORE = """
from awsprof.terminal.ask import Person, somebody
from awsprof.errors import CancelledError, UsageError
person = somebody(no_input=False)
try:
    print("got", repr({call}))
except CancelledError as error:
    print("left,", error.exit_code)
except KeyboardInterrupt:
    print("left, 130")
"""
SECRET = 'person.secret("secret: ")'
LINE = 'person.line("line: ")'
YES = 'person.yes("sure?")'
DUMB = {**os.environ, "TERM": "dumb"}  # elsewhere a list opens: test_picker.py
CHOOSE = 'person.choose("which?", ["one", "two\\x1b[31m"])'
# Wrong answers are explained and asked for again: what is pasted after them never reaches the shell.
CHECK = (
    "def even(text):\n    if int(text) % 2:\n        raise UsageError('that is odd', 'try another')\n    return text\n"
)
CHECKED = 'person.until_right(person.line, "even: ", even)'


def talk(call: str, typed: str, prompt: str) -> str:
    """Type an answer where a call asks; all that the terminal showed."""
    child = pexpect.spawn(
        sys.executable, ["-c", CHECK + BEFORE.format(call=call)], timeout=20, encoding="utf-8", env=DUMB
    )
    child.delaybeforesend = None
    child.expect_exact(prompt)
    child.send(typed)
    child.expect(pexpect.EOF)
    child.close()
    return prompt + (child.before or "")


@pytest.mark.parametrize(
    ("call", "prompt", "typed", "got"),
    [
        (SECRET, "secret: ", "xyzzy\r", "got 'xyzzy'"),
        (SECRET, "secret: ", "  xyzzy \r", "got 'xyzzy'"),
        (SECRET, "secret: ", "\r", "got ''"),
        (SECRET, "secret: ", "\x04", "left, 130"),
        (SECRET, "secret: ", "\x03", "left, 130"),
        (LINE, "line: ", " a b \r", "got 'a b'"),
        (LINE, "line: ", "\r", "got ''"),
        (LINE, "line: ", "\x04", "left, 130"),
        (LINE, "line: ", "\x03", "left, 130"),
        (YES, "sure? [y/N] ", "y\r", "got True"),
        (YES, "sure? [y/N] ", "YES\r", "got True"),
        (YES, "sure? [y/N] ", "n\r", "got False"),
        (YES, "sure? [y/N] ", "\r", "got False"),
        (YES, "sure? [y/N] ", "\x04", "left, 130"),
        (CHOOSE, "which? [1-2, or a name] ", "1\r", "got 'one'"),
        (CHOOSE, "which? [1-2, or a name] ", "one\r", "got 'one'"),
        (CHOOSE, "which? [1-2, or a name] ", "2\r", "got 'two\\x1b[31m'"),
        (CHOOSE, "which? [1-2, or a name] ", "3\r2\r", "got 'two\\x1b[31m'"),
        (CHOOSE, "which? [1-2, or a name] ", "0\r\x04", "left, 130"),
        (CHOOSE, "which? [1-2, or a name] ", "\r", "left, 130"),
        (CHECKED, "even: ", "3\r4\r", "got '4'"),
        (CHECKED, "even: ", "3\r\x04", "left, 130"),
    ],
)
def test_an_answer(call: str, prompt: str, typed: str, got: str) -> None:
    assert talk(call, typed, prompt).endswith(f"{got}\r\n")


def test_a_secret_is_not_shown_and_a_line_is() -> None:
    assert talk(SECRET, "xyzzy\r", "secret: ") == "secret: \r\ngot 'xyzzy'\r\n"
    assert talk(LINE, "xyzzy\r", "line: ") == "line: xyzzy\r\ngot 'xyzzy'\r\n"


def test_what_is_left_unanswered_ends_its_line() -> None:
    assert talk(SECRET, "\x04", "secret: ") == "secret: \r\nleft, 130\r\n"


def test_a_choice_is_shown_safely() -> None:
    stream = io.StringIO()
    person = ask.Person(stream)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin", io.StringIO("2\n"))
        patch.setenv("TERM", "dumb")
        assert person.choose("which?", ["one", "two\x1b[31m"]) == "two\x1b[31m"
    assert stream.getvalue() == "  1  one\n  2  two\\x1b[31m\nwhich? [1-2, or a name] "


@pytest.mark.parametrize("no_input", [True, False])
def test_nobody_is_there_without_a_terminal(no_input: bool) -> None:
    script = f"from awsprof.terminal.ask import somebody; print(somebody(no_input={no_input}))"
    done = subprocess.run([sys.executable, "-c", script], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("None\n", "")


def test_nobody_is_asked_with_no_input() -> None:
    script = "from awsprof.terminal.ask import somebody; print(somebody(no_input=True))"
    child = pexpect.spawn(sys.executable, ["-c", script], timeout=20, encoding="utf-8")
    child.expect(pexpect.EOF)
    assert child.before == "None\r\n"
