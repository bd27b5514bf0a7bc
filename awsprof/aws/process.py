"""A profile's credential_process, run by botocore: what may go wrong with it, and what it wrote to stderr."""

from __future__ import annotations

import subprocess
from json import JSONDecodeError

from botocore.compat import compat_shell_split  # noqa: TID253 - this module is imported only if AWS is called
from botocore.credentials import ProcessProvider  # noqa: TID253 - see above
from botocore.exceptions import CredentialRetrievalError  # noqa: TID253 - see above

from awsprof.errors import CredentialsError
from awsprof.text.display import quoted, safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class _Run(subprocess.Popen[bytes]):
    """A process that keeps what it wrote to stderr."""

    written = b""

    def communicate(self, *args: Any, **given: Any) -> tuple[bytes, bytes]:
        out, self.written = super().communicate(*args, **given)
        return out, b""  # botocore would decode it, and fail if it is not UTF-8


class Process(ProcessProvider):
    """botocore's provider, with errors that a user can act on; they repeat nothing of stdout."""

    def __init__(self, profile_name: str, load_config: Any) -> None:
        super().__init__(profile_name, load_config, popen=self._start)
        self._name = profile_name
        self._run: _Run | None = None

    def load(self) -> Any:
        """Run the process, if the profile has one, and return its credentials.

        Raises:
            CredentialsError: it cannot be run, it failed, or its answer is not usable.
        """
        try:
            found = super().load()
            if found is not None:
                _check(found)
        except Exception as error:
            raise self._refused(error) from None
        return found

    def _start(self, words: list[str], **given: Any) -> _Run:
        self._run = None
        self._run = _Run(words, **given)
        return self._run

    def _refused(self, error: Exception) -> CredentialsError:
        whose = f"the credential_process of {quoted(self._name)}"
        written = self._run.written.decode(errors="replace").strip("\n") if self._run else ""
        advice = f"fix it, or try it by hand: awsprof show {quoted(self._name)}"
        return CredentialsError(f"{whose} {self._reason(error)}", f"{written}\n{advice}")

    def _reason(self, error: Exception) -> str:
        run = self._run
        if run is None:
            return _not_started(str(self.profile_config.get("credential_process")), error)
        if run.returncode:
            how = f"was killed by signal {-run.returncode}" if run.returncode < 0 else ""
            return how or f"failed with exit status {run.returncode}"
        if isinstance(error, (JSONDecodeError, UnicodeDecodeError)):
            return "printed no JSON"
        if isinstance(error, CredentialRetrievalError):
            return f"printed an unusable answer: {safe(str(error.kwargs.get('error_msg')))}"
        return f"printed an unusable answer: {_WRONG.get(type(error), 'a value is of the wrong kind')}"


class _ExpiredError(Exception):
    """The answer has expired."""


class _MissingError(Exception):
    """A key is empty, or no text."""


_WRONG = {
    _ExpiredError: "its keys have expired",
    _MissingError: "AccessKeyId or SecretAccessKey is empty, or not text",
    AttributeError: "it is not a JSON object",
}


def _check(found: Any) -> None:
    keys = found.__dict__
    if getattr(found, "refresh_needed", None) and found.refresh_needed(0):
        raise _ExpiredError
    for name in ("access_key", "secret_key", "token"):
        value = keys.get(name, keys.get(f"_{name}"))
        if not (isinstance(value, str) and value) and not (name == "token" and value is None):
            raise _MissingError


def _not_started(command: str, error: Exception) -> str:
    try:
        words = compat_shell_split(command)
    except ValueError:
        return "has an open quote"
    if not words:
        return "is empty"
    reason = getattr(error, "strerror", None) or "its command is not valid"
    return f"cannot be run: {safe(words[0])}: {safe(reason)}"
