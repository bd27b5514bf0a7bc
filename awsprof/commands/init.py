"""`awsprof init`: print the hook of a shell, or have its start-up file load it."""

from __future__ import annotations

import os

from awsprof import install, shell
from awsprof.errors import FileError, ShellError
from awsprof.text import quoted, safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from awsprof.context import Context


def run(ctx: Context, name: str = "") -> None:
    """Print the hook of the named shell, or of the one that is running.

    Raises:
        UsageError: awsprof does not speak that shell.
        ShellError: the running shell cannot be told.
    """
    target = shell.with_hook(name or _running())
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


def change(ctx: Context, name: str = "", *, remove: bool = False, dry_run: bool = False) -> None:
    """Put the block that loads the hook into the shell's start-up files, or take it out, to the byte.

    Raises:
        UsageError: awsprof does not speak that shell.
        ShellError: the running shell cannot be told.
        FileError: a file cannot be read or written; it is as it was.
    """
    target = shell.with_hook(name or _running())
    block = install.lines(target)
    find = install.every_file if remove else install.files
    changed = [
        path for path in find(target, ctx.environ) if _changed(ctx, path, "" if remove else block, dry_run=dry_run)
    ]
    if not changed:
        ctx.say(
            f"{target.name}: there is no awsprof to take out" if remove else f"{target.name}: awsprof is there already"
        )
    elif not remove and not dry_run:
        ctx.say("open a new shell, then begin with: awsprof list")


def _changed(ctx: Context, path: str, block: str, *, dry_run: bool) -> bool:
    from awsprof.files import read, replace  # printing a hook must not pay for it

    is_new = not os.path.lexists(path)

    def edited(data: bytes) -> bytes:
        return install.with_block(data, block, new=is_new) if block else install.without_block(data) or b""

    old = read.read_bytes(path)
    new = edited(old)
    if new == old:
        return False
    if dry_run:
        _show(ctx, path, old, new)
        return True
    folder = os.path.dirname(os.path.realpath(path))
    _make_folder(folder)
    replace.remove_leftovers(folder)  # without a lock: two at once end, at worst, with an error of one of them
    ctx.say(*replace.rewrite(path, edited, lambda _: None, private=False))
    if not block and install.without_block(old) is None:
        os.unlink(path)
    ctx.say(f"{quoted(path)}: {'loads' if block else 'no longer loads'} awsprof")
    return True


def _make_folder(folder: str) -> None:
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise FileError(f"cannot make {quoted(folder)}: {error.strerror}", "make it, then try again") from None


def _show(ctx: Context, path: str, old: bytes, new: bytes) -> None:
    from difflib import unified_diff

    before, after = (data.decode(errors="replace").splitlines() for data in (old, new))
    for line in unified_diff(before, after, path, path, lineterm=""):
        ctx.out(safe(line))
