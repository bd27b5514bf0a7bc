"""The few errors a user can meet, each with its exit code. Commands raise them; one boundary prints them."""

from __future__ import annotations


class AwsprofError(Exception):
    """Something a user can act on: one line what, one line what next."""

    exit_code = 1

    def __init__(self, what: str, next_step: str = "") -> None:
        super().__init__()
        self.what = what
        self.next_step = next_step

    def __str__(self) -> str:
        return self.what


class UsageError(AwsprofError):
    """The command line, or what it names, cannot be meant as it stands."""

    exit_code = 2


class NoSuchProfileError(AwsprofError):
    """No profile, or no such part of one, by that name."""

    exit_code = 3


class FileError(AwsprofError):
    """A file that cannot be read or safely edited. Nothing was changed."""

    exit_code = 4


class CredentialsError(AwsprofError):
    """MFA needed, refused or expired; keys that are missing or wrong."""

    exit_code = 5


class AwsError(AwsprofError):
    """AWS or the network did not answer as it should."""

    exit_code = 6


class ShellError(AwsprofError):
    """The shell, or the hook in it, cannot take the change."""

    exit_code = 7


class CancelledError(AwsprofError):
    """The person pressed Ctrl-C or left a question unanswered."""

    exit_code = 130

    def __init__(self, what: str = "cancelled, nothing changed") -> None:
        super().__init__(what)


class DeclinedError(CancelledError):
    """The person did not confirm a change: an answer, unlike Ctrl-C."""

    exit_code = 2

    def __init__(self) -> None:
        super().__init__("not confirmed; nothing was changed")
