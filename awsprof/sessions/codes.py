"""Where an MFA code comes from: the user's own command (`mfa_process`, a setting of aws-vault's), or the terminal."""

from __future__ import annotations

import os
import stat
import subprocess
from contextlib import ExitStack
from threading import Thread

from awsprof.aws import WrongCodeError
from awsprof.errors import CancelledError, CredentialsError, FileError, UsageError
from awsprof.profiles.model import MFA_PROCESS
from awsprof.profiles.validate import check_code
from awsprof.text.display import quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from awsprof.profiles.model import Profiles
    from awsprof.terminal.ask import Person

TIME_OUT = 60.0  # seconds: enough to touch a key or type a password
_REST = 0.5  # seconds to read what a command has written before it ended
_STEP = 30  # seconds for which a TOTP code is valid (RFC 6238)


class SkippedError(CredentialsError):
    """The user chose to go on without a renewal."""


class NoCodeError(CredentialsError):
    """A command gave no code."""


class Command:
    """A command whose last non-empty line of output is the code, and where it was found."""

    __slots__ = ("line", "path", "profile", "text")

    def __init__(self, profile: str, text: str, path: str, line: int) -> None:
        self.profile = profile
        self.text = text
        self.path = path
        self.line = line

    def __str__(self) -> str:
        return f"the {MFA_PROCESS} of {quoted(self.profile)}"

    def code(self, environ: Mapping[str, str]) -> str:
        """Run the command through the shell, with the terminal as stdin and stderr, for at most 60 s.

        Args:
            environ: the environment it gets.

        Returns:
            Six digits.

        Raises:
            FileError: others can write the file that names the command; it was not run.
            NoCodeError: it cannot be run, it failed, or it printed no code. Its output is not repeated.
            CancelledError: the user pressed Ctrl-C.
        """
        _require_own(self.path, self.line)
        try:
            status, output = _run(self.text, environ)
        except subprocess.TimeoutExpired:
            raise self._failed(f"did not end within {TIME_OUT:.0f} s") from None
        except (OSError, ValueError) as error:
            raise self._failed(f"cannot be run: {getattr(error, 'strerror', None) or error}") from None
        except KeyboardInterrupt:
            raise CancelledError from None
        if status:
            raise self._failed(_ending(status))
        return self._checked(output.decode(errors="replace").split("\n"))

    def _checked(self, lines: list[str]) -> str:
        last = next((line.strip() for line in reversed(lines) if line.strip()), "")
        try:
            return check_code(last)
        except UsageError:
            printed = f"a last line of {len(last)} characters that is no code" if last else "nothing"
            raise self._failed(f"printed {printed}, instead of six digits") from None

    def _failed(self, how: str) -> NoCodeError:
        return NoCodeError(
            f"{self} {how}",
            f"try the command on {quoted(self.path)} line {self.line} by hand"
            f"\nor give the code yourself: awsprof mfa {quoted(self.profile)} --code -   reads it from stdin",
        )


def find(known: Profiles, *names: str) -> Command | None:
    """Return the code command of the first profile that has one; None if none has."""
    for name in names:
        text = known[name].get(MFA_PROCESS) if name in known else ""
        if text:
            return Command(name, text, *known.place(name, MFA_PROCESS))
    return None


def typed(person: Person, domain: str, *, skippable: bool) -> str:
    """Ask for a domain's code.

    Raises:
        UsageError: that is not a code.
        SkippedError: nothing was typed, and that is allowed.
        CancelledError: the user left the question unanswered.
    """
    hint = "hidden; Enter to skip" if skippable else "hidden"
    answer = person.secret(f"MFA code for {quoted(domain)} ({hint}): ")
    if skippable and not answer:
        raise SkippedError("not renewed")
    return check_code(answer)


def unsent(code: str, sent: set[str]) -> str:
    """Return a code that was not sent before, and remember it: AWS accepts each only once.

    Raises:
        WrongCodeError: it was sent already.
    """
    if code in sent:
        raise WrongCodeError(
            "that code was sent already and works once; wait for the next one", "then: awsprof mfa DOMAIN"
        )
    sent.add(code)
    return code


def until_next(now: float) -> float:
    """Return the seconds until the next code: until the current 30-second step is over."""
    return _STEP - now % _STEP


def _require_own(path: str, line: int) -> None:
    """Refuse a file or folder that others can write: they could name a command, and it would run as this user.

    Raises:
        FileError: others can write it.
    """
    if not hasattr(os, "geteuid"):
        return  # Windows keeps the files in the user's profile
    real = os.path.realpath(path)
    for it, kept in ((real, 0), (os.path.dirname(real), stat.S_ISVTX)):
        found = os.stat(it)
        if found.st_uid not in (0, os.geteuid()) or (found.st_mode & 0o022 and not found.st_mode & kept):
            raise FileError(
                f"{quoted(path)} line {line}: {MFA_PROCESS} was not run, because other users can write {quoted(it)}",
                f"run chmod go-w {quoted(it)}"
                if found.st_uid == os.geteuid()
                else f"make it yours: chown $USER {quoted(it)}",
            )


def _run(command: str, environ: Mapping[str, str]) -> tuple[int, bytes]:
    """Run a command and return its exit status and its output: all of it when the command has ended.

    The output's end may come later, or never: a process in the background may keep it open.
    """
    with ExitStack() as opened:
        try:
            terminal = opened.enter_context(open("/dev/tty", "r+b", buffering=0))
        except OSError:  # none, as in cron, or Windows, whose consoles are inherited
            terminal = None
        without = None if os.name == "nt" else subprocess.DEVNULL
        process = subprocess.Popen(  # noqa: S602 - the setting is a command of the user's own, as for aws-vault
            command,
            shell=True,
            env=dict(environ),
            stdin=terminal or without,
            stdout=subprocess.PIPE,
            stderr=terminal,
        )
    return _waited(process)


def _waited(process: subprocess.Popen[bytes]) -> tuple[int, bytes]:
    output, stream = bytearray(), process.stdout
    reader = Thread(target=_drain, args=(stream.fileno() if stream else -1, output), daemon=True)
    reader.start()
    try:
        status = process.wait(TIME_OUT)
    except BaseException:  # the time is over, or Ctrl-C
        process.kill()
        process.wait()
        raise
    reader.join(_REST)
    return status, bytes(output)


def _drain(descriptor: int, output: bytearray) -> None:
    while more := os.read(descriptor, 65536):
        output += more


def _ending(status: int) -> str:
    return f"was killed by signal {-status}" if status < 0 else f"failed with exit status {status}"
