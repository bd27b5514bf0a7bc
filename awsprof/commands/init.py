"""`awsprof init`: print the hook of a shell, for its rc file to load."""

from __future__ import annotations

from awsprof import install, shell
from awsprof.errors import ShellError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from awsprof.context import Context


def run(ctx: Context, name: str = "") -> None:
    """Print the hook of the named shell, or of the one that is running.

    Raises:
        UsageError: awsprof does not speak that shell.
        ShellError: the running shell cannot be told.
    """
    target = shell.by_name(name or _running())
    path = install.hook_path(target.hook)
    if target.name == "pwsh":
        # A module is imported by its path: only so does Remove-Module take everything back out again.
        ctx.out(f"Import-Module -Name {shell.quote_pwsh(path)}")
        return
    with open(path, encoding="utf-8") as file:
        ctx.out(file.read().rstrip("\n"))


def _running() -> str:
    import shellingham  # only a bare init needs it

    try:
        return str(shellingham.detect_shell()[0])
    except shellingham.ShellDetectionFailure:
        raise ShellError("cannot tell which shell this is", "name it: awsprof init bash") from None
