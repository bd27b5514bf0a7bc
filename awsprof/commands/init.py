"""`awsprof init`: print the hook of a shell, or have its start-up file load it."""

from __future__ import annotations

import os

from awsprof.errors import ShellError
from awsprof.shell import install, table
from awsprof.text.display import quoted, safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from awsprof.context import Context


def run(ctx: Context, name: str = "") -> None:
    """Print the hook of the named shell, or of the one that is running.

    Raises:
        UsageError: awsprof does not speak that shell.
        ShellError: the running shell cannot be told.
    """
    target = table.with_hook(name or _running())
    path = install.hook_path(target.hook)
    if target.name == "pwsh":
        # A module is imported by its path: only so does Remove-Module take everything back out again.
        ctx.out(f"Import-Module -Name {table.quote_pwsh(path)}")
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

    Every file is read and its change tried before the first is written.

    Raises:
        UsageError: awsprof does not support that shell.
        ShellError: the running shell cannot be detected.
        FileError: a file cannot be read, safely edited or written; nothing was changed if that is known beforehand.
    """
    target = table.with_hook(name or _running())
    block = "" if remove else install.lines(target)
    find = install.every_file if remove else install.files
    edits = [_Edit(path, block) for path in find(target, ctx.environ)]
    changing = [edit for edit in edits if edit.new != edit.old]
    if dry_run:
        for edit in changing:
            edit.show(ctx)
    else:
        _write(ctx, edits, changing)
    if not changing:
        ctx.say(
            f"{target.name} does not load awsprof; nothing to remove"
            if remove
            else f"{target.name} already loads awsprof"
        )
    elif not remove and not dry_run:
        ctx.say("open a new shell, then begin with: awsprof list")


def _write(ctx: Context, edits: list[_Edit], changing: list[_Edit]) -> None:
    from awsprof.files import replace

    # No lock: a run whose temporary file another one removes makes a new one, and both write the same block.
    for folder in dict.fromkeys(edit.folder for edit in edits):
        replace.remove_leftovers(folder)
    for edit in changing[1:]:
        edit.write(trial=True)
    for edit in changing:
        ctx.say(*edit.write(), edit.outcome)


class _Edit:
    """What becomes of one start-up file: its bytes with the block, or without it if the block is empty."""

    def __init__(self, path: str, block: str) -> None:
        from awsprof.files import read  # printing a hook must not pay for it

        self.path, self.block = path, block
        self.folder = os.path.dirname(os.path.realpath(path))
        self.is_new = not os.path.lexists(path)
        self.old = read.read_bytes(path)
        self.new = self._edited(self.old)
        self.outcome = f"{quoted(path)}: {'loads' if block else 'no longer loads'} awsprof"

    def _edited(self, data: bytes) -> bytes | None:
        """The new bytes; None if the file goes. A link stays, and what it points to."""
        if self.block:
            return install.with_block(self.path, data, self.block, new=self.is_new)
        rest = install.without_block(self.path, data)
        return b"" if rest is None and os.path.islink(self.path) else rest

    def write(self, *, trial: bool = False) -> list[str]:
        from awsprof.files import lock, replace

        lock.make_folder(self.folder, 0o755)
        return replace.rewrite(self.path, self._edited, lambda _: None, private=False, mode=0o644, trial=trial)

    def show(self, ctx: Context) -> None:
        from difflib import unified_diff

        before, after = ((data or b"").decode(errors="replace").splitlines() for data in (self.old, self.new))
        for line in unified_diff(before, after, self.path, self.path, lineterm=""):
            ctx.out(safe(line))
