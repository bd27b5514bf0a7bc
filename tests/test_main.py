"""Where a call starts and ends, in real processes: exit codes, messages, global flags, Ctrl-C, broken pipes."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from awsprof import __version__

from .conftest import Home

ROOT = Path(__file__).parent.parent
CONFIG = "[profile work:dev]\nrole_arn = arn:aws:iam::123456789012:role/Dev\nsource_profile = work:iam\n"
CREDENTIALS = "[work:iam]\naws_access_key_id = A\naws_secret_access_key = s\n"


class Done:
    """What a process printed and how it ended."""

    def __init__(self, found: subprocess.CompletedProcess[str]) -> None:
        self.code, self.out, self.err = found.returncode, found.stdout, found.stderr


def awsprof(home: Home, *words: str, program: str = "", **variables: str) -> Done:
    """Run the real program, without a terminal."""
    call = ["-c", program] if program else ["-m", "awsprof"]
    return Done(
        subprocess.run(
            [sys.executable, *call, *words],
            env=home.environ | variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="surrogateescape",
            cwd=ROOT,
            timeout=60,
        )
    )


def hooked(home: Home, *words: str, **variables: str) -> Done:
    """Run the real program as a bash hook does."""
    home.channel.write_bytes(b"")
    return awsprof(home, *words, AWSPROF_HOOK="1:bash", AWSPROF_OUT=str(home.channel), **variables)


@pytest.mark.parametrize(
    ("line", "code", "what"),
    [
        ("list", 0, ""),
        ("status", 0, ""),
        ("use work:dev --shell bash", 0, ""),
        ("nonsense", 2, "nonsense"),
        ("list --nonsense", 2, "--nonsense"),
        ("list --kind nonsense", 2, "nonsense is not a kind to list"),
        ("show", 2, "no profile is active in this shell"),
        ("current", 2, "no profile is active in this shell"),
        ("version", 0, ""),
        ("help", 0, ""),
        ("help add role", 0, ""),
        ("ls work", 0, ""),
        ("list wrok", 3, "there is no domain wrok"),
        ("list --domain wrok", 3, "there is no domain wrok"),
        ("list work --domain play", 2, "two domains"),
        ("use dev --domain wrok --shell bash", 3, "there is no domain wrok"),
        ("use wrok: --shell bash", 3, "there is no domain wrok"),
        ("use --shell bash", 2, "no profile given, and no terminal to ask on"),
        ("use - --shell bash", 2, "there is no profile before this one"),
        ("use work:dev --region nowhere --shell bash", 2, "nowhere is not a region"),
        ("use x y", 2, "unexpected extra argument"),
        ("init tcsh", 2, "awsprof does not speak tcsh"),
        ("show work:dve", 3, "no profile work:dve"),
        ("use work:dve --shell bash", 3, "no profile work:dve"),
        ("use work:dev", 7, "the awsprof shell hook is not loaded"),
        ("off", 7, "the awsprof shell hook is not loaded"),
    ],
)
def test_exit_codes(home: Home, line: str, code: int, what: str) -> None:
    home.write(CONFIG, CREDENTIALS)
    done = awsprof(home, *line.split())
    assert done.code == code
    if code:
        first, second, *_ = done.err.split("\n")
        assert first.startswith("awsprof: ")
        assert what in first
        assert second.startswith("  ")
        assert second.strip()


@pytest.mark.parametrize("which", ["config", "credentials"])
@pytest.mark.parametrize("line", ["list", "list --json", "show x", "domains", "status", "use x --shell bash"])
def test_a_file_that_cannot_be_read(home: Home, which: str, line: str) -> None:
    home.write(CONFIG, CREDENTIALS)
    path = home.folder / which
    path.unlink()
    path.symlink_to(path)  # nobody, not even root, can read a loop
    done = awsprof(home, *line.split())
    assert done.code == 4
    assert done.err.startswith(f"awsprof: cannot read {path}: ")
    assert done.err.split("\n")[1] == "  check its permissions"


@pytest.mark.parametrize("which", ["config", "credentials"])
def test_a_directory_in_a_files_place(home: Home, which: str) -> None:
    (home.folder / which).mkdir()
    done = awsprof(home, "list")
    assert (done.code, done.out) == (4, "")
    assert "is a directory" in done.err


@pytest.mark.parametrize("line", ["--version", "--version list", "list --version", "use --version", "use x --version"])
def test_the_version_before_and_after_the_command(home: Home, line: str) -> None:
    done = awsprof(home, *line.split())
    assert (done.code, done.out, done.err) == (0, f"awsprof {__version__}\n", "")


@pytest.mark.parametrize("flag", ["-v", "--verbose", "--debug", "--no-input"])
@pytest.mark.parametrize("line", ["{} list --names", "list {} --names", "list --names {}"])
def test_global_flags_stand_anywhere(home: Home, line: str, flag: str) -> None:
    home.write(CONFIG, CREDENTIALS)
    done = awsprof(home, *line.format(flag).split())
    assert (done.code, done.out) == (0, "work:dev\nwork:iam\n")


@pytest.mark.parametrize("line", ["--help", "-h"])
def test_help(home: Home, line: str) -> None:
    done = awsprof(home, *line.split())
    assert (done.code, done.err) == (0, "")
    for command in ("use", "off", "mfa", "status", "whoami", "list", "domains", "show", "init", "add"):
        assert f"\n  {command} " in done.out


FALSE, THROW = "\\builtin false\n", "throw 'awsprof failed; nothing was changed'\n"


@pytest.mark.parametrize(
    ("line", "out"),
    [
        ("use gone --shell bash", FALSE),
        ("use gone --shell=bash", FALSE),
        ("use --shell bash gone", FALSE),
        ("use --shell bash", FALSE),
        ("use gone --shell zsh", FALSE),
        ("use gone --shell fish", "builtin false\n"),
        ("use gone --shell pwsh", THROW),
        ("use gone --shell=powershell", THROW),
        ("use gone --shell BASH", FALSE),
        ("use work:dev --region nowhere --shell bash", FALSE),
        ("use --nonsense --shell=bash", FALSE),
        ("use a b --shell bash", FALSE),
        ("nonsense --shell bash", FALSE),
        ("use gone --shell bash -v", FALSE),
        ("use -v --shell bash gone --no-input", FALSE),
        ("use gone --shell tcsh", "false\n"),
        ("use gone --shell", "false\n"),
        ("use work:dev --shell=", "false\n"),
        ("use work:dev --shel bash", FALSE),
        ("off --shell bash x", FALSE),
        ("use gone", ""),
    ],
)
def test_a_failure_fails_in_the_shell_as_well(home: Home, line: str, out: str) -> None:
    home.write(CONFIG, CREDENTIALS)
    done = awsprof(home, *line.split())
    assert done.code != 0
    assert done.out == out
    assert done.err.startswith("awsprof: ")


def test_eval_of_a_failure_stops_a_script(home: Home) -> None:
    script = f'set -e; eval "$({sys.executable} -m awsprof use gone --shell bash 2>/dev/null)"; echo went on'
    done = subprocess.run(
        ["bash", "-c", script], env=home.environ, cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout) == (1, "")


def test_a_failing_call_through_the_hook_leaves_no_snippet(home: Home) -> None:
    home.write(CONFIG, CREDENTIALS)
    assert hooked(home, "use", "gone").code == 3
    assert not home.channel.exists()
    home.channel.write_bytes(b"")
    assert hooked(home, "use", "work:dev").code == 0
    assert b"AWS_PROFILE='work:dev'" in home.channel.read_bytes()


@pytest.mark.parametrize("hook", ["2:bash", "x", "9:", ":bash", "\x1b[31m:bash"])
def test_a_hook_of_another_protocol(home: Home, hook: str) -> None:
    home.write(CONFIG, CREDENTIALS)
    home.channel.write_bytes(b"")
    done = awsprof(home, "use", "work:dev", AWSPROF_HOOK=hook, AWSPROF_OUT=str(home.channel))
    assert done.code == 7
    assert "\n  " in done.err
    assert not home.channel.exists() or home.channel.read_bytes() == b""
    assert awsprof(home, "list", "--names", AWSPROF_HOOK=hook, AWSPROF_OUT=str(home.channel)).code == 0


def test_no_child_sees_the_hooks_variables(home: Home) -> None:
    program = (
        "import os, sys; from awsprof import __main__ as m\n"
        "show = lambda ctx: print(sorted(n for n in os.environ if n.startswith('AWSPROF_')))\n"
        "m._command = lambda words: show\n"
        "sys.exit(m.main())"
    )
    done = awsprof(home, "list", program=program, AWSPROF_HOOK="1:bash", AWSPROF_OUT="/x", AWSPROF_SAVED="|")
    assert done.out == "['AWSPROF_SAVED']\n"


def raising(error: str) -> str:
    """A program whose command fails with an error that nobody foresaw."""
    return (
        "import sys; from awsprof import __main__ as m\n"
        "def fail(ctx):\n"
        "    secret = 'hush-hush'\n"
        f"    raise {error}\n"
        "m._command = lambda words: fail\n"
        "sys.exit(m.main())"
    )


def test_an_unexpected_error(home: Home) -> None:
    done = awsprof(home, "list", program=raising("KeyError(secret)"))
    assert (done.code, done.out) == (1, "")
    assert done.err == ("awsprof: unexpected error: KeyError\n  please report it, with what --debug prints\n")


def test_debug_shows_where_but_no_locals(home: Home) -> None:
    done = awsprof(home, "list", "--debug", program=raising("KeyError(secret)"))
    assert done.code == 1
    assert "in fail" in done.err
    assert "hush" not in done.err.replace("secret = 'hush-hush'", "")


def test_an_unexpected_error_fails_in_the_shell_as_well(home: Home) -> None:
    assert awsprof(home, "use", "x", "--shell", "zsh", program=raising("KeyError(secret)")).out == FALSE


def test_ctrl_c(home: Home) -> None:
    done = awsprof(home, "use", "x", "--shell=bash", program=raising("KeyboardInterrupt"))
    assert (done.code, done.out) == (130, FALSE)
    assert done.err == "\nawsprof: cancelled\n"


def test_a_real_ctrl_c(home: Home) -> None:
    program = (
        "import sys; from awsprof import __main__ as m\n"
        "def slow(ctx):\n"
        "    print('ready', flush=True); sys.stdin.read()\n"
        "m._command = lambda words: slow\n"
        "sys.exit(m.main())"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        env=home.environ,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 130
        assert process.stderr.read() == b"\nawsprof: cancelled\n"


@pytest.mark.parametrize("line", ["list", "list --names", "list --json"])
def test_a_reader_that_leaves_early(home: Home, line: str) -> None:
    home.write("".join(f"[profile p{number}:{'x' * 60}]\nregion = eu-west-1\n" for number in range(5000)))
    read, write = os.pipe()
    with subprocess.Popen(
        [sys.executable, "-m", "awsprof", *line.split()],
        env=home.environ,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=write,
        stderr=subprocess.PIPE,
    ) as process:
        os.close(write)
        assert os.read(read, 1)
        os.close(read)
        assert process.stderr is not None
        assert process.stderr.read() == b""
        assert process.wait(timeout=60) == 141


def test_nobody_to_talk_to_is_no_reason_to_fail(home: Home) -> None:
    home.write(CONFIG, CREDENTIALS)
    home.channel.write_bytes(b"")
    done = subprocess.run(
        ["bash", "-c", f"exec {sys.executable} -m awsprof use work:dev 2>&-"],
        env=home.environ | {"AWSPROF_HOOK": "1:bash", "AWSPROF_OUT": str(home.channel)},
        cwd=ROOT,
        timeout=60,
    )
    assert done.returncode == 0
    assert b"AWS_PROFILE='work:dev'" in home.channel.read_bytes()


ASCII_ONLY = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
LOCALES = [{}, {"LC_ALL": "C"}, {"LC_ALL": "C.UTF-8"}, ASCII_ONLY, {"PYTHONIOENCODING": "latin-1"}]


@pytest.mark.parametrize("locale", LOCALES, ids=["none", "C", "UTF-8", "ASCII only", "latin-1"])
def test_names_of_any_bytes_are_shown_harmless_in_any_locale(home: Home, locale: dict[str, str]) -> None:
    home.write(credentials="[a\udcff\x1b[31m]\naws_access_key_id = A\naws_secret_access_key = s\n[é]\nregion = r\n")
    for line in ("list", "list --names", "list --json", "domains", "status"):
        done = awsprof(home, *line.split(), **locale)
        assert done.code == 0, done.err
        assert "\x1b" not in done.out + done.err


def test_messages_are_harmless(home: Home) -> None:
    done = awsprof(home, "show", "a\x1b[31m\u202e\nb")
    assert done.code == 3
    assert done.err.splitlines()[0] == "awsprof: no profile $'a\\x1b[31m\\u202e\\nb'"


@pytest.mark.parametrize("line", ["mfa work --code -", "add iam work --stdin"])
def test_a_closed_stdin_is_an_empty_one(home: Home, line: str) -> None:
    done = subprocess.run(
        ["bash", "-c", f"exec {sys.executable} -m awsprof {line} <&-"],
        env=home.environ,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "unexpected" not in done.stderr


def test_a_full_disk_is_told(home: Home) -> None:
    home.write(CONFIG, CREDENTIALS)
    for line in ("list", "list --json", "show work:dev", "status"):
        with open("/dev/full", "w") as full:
            done = subprocess.run(
                [sys.executable, "-m", "awsprof", *line.split()],
                env=home.environ,
                cwd=ROOT,
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                timeout=60,
            )
        assert (done.returncode, done.stderr.split(":")[1]) == (1, " cannot write the result")


def test_an_option_without_its_value_names_the_help_of_its_command(home: Home) -> None:
    assert "awsprof use --help" in awsprof(home, "use", "--region").err
