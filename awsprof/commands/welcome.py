"""`awsprof` alone: the few words of every day, and how to begin where something is missing."""

from __future__ import annotations

from awsprof.profiles import model
from awsprof.terminal.tables import columns
from awsprof.text.display import quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from awsprof.context import Context

_WHAT = "awsprof switches this shell between AWS profiles, with one MFA code a day."
_EVERY_DAY = {
    "awsprof use work:dev": "switch this shell; without a name, choose from a list",
    "awsprof mfa": "renew the MFA session behind the profile",
    "awsprof off": "as it was before",
    "awsprof status": "what this shell uses",
    "awsprof list": "all profiles",
}
_ENOUGH = 78  # columns for every line as it stands


def run(ctx: Context) -> None:
    """Print it.

    Raises:
        FileError: an AWS file cannot be read.
    """
    width = columns(ctx.environ, ctx.stdout)
    after = [*_begin(ctx), "All commands: awsprof --help"]
    lines = _narrow(after, width) if width < _ENOUGH else [_WHAT, "", *_table(), "", *after]
    ctx.out("\n".join(lines))


def _table() -> list[str]:
    return [f"  {command:<21}  {words}" for command, words in _EVERY_DAY.items()]


def _narrow(after: list[str], width: int) -> list[str]:
    """The same, each explanation below its command."""
    from textwrap import wrap  # it imports re: only a narrow terminal pays for it

    def folded(text: str, indent: str = "") -> list[str]:
        return wrap(text, max(width, 20), initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)

    lines = [line for command, words in _EVERY_DAY.items() for line in (f"  {command}", *folded(words, "    "))]
    return [*folded(_WHAT), "", *lines, "", *(line for text in after for line in folded(text))]


def _begin(ctx: Context) -> list[str]:
    """What has to come first, and what there is."""
    known = model.load(ctx.environ)
    lines = [] if ctx.channel else ["This shell has no hook yet, so it cannot be switched: awsprof init --install"]
    if not known:
        lines.append("There are no profiles yet. Begin with your access key: awsprof add iam DOMAIN")
    elif ctx.active:
        lines.append(f"Active: {quoted(ctx.active)}")
    return lines
