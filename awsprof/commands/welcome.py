"""`awsprof` alone: the few words of every day, and how to begin where something is missing."""

from __future__ import annotations

from awsprof import profiles
from awsprof.text import quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from awsprof.context import Context

_EVERY_DAY = """\
awsprof switches this shell between AWS profiles, with one MFA code a day.

  awsprof use work:dev   switch this shell; without a name, choose from a list
  awsprof mfa            renew the MFA session behind the profile
  awsprof off            as it was before
  awsprof status         what this shell uses
  awsprof list           all profiles
"""


def run(ctx: Context) -> None:
    """Print it.

    Raises:
        FileError: an AWS file cannot be read.
    """
    ctx.out(_EVERY_DAY)
    for line in _begin(ctx):
        ctx.out(line)
    ctx.out("All commands: awsprof --help")


def _begin(ctx: Context) -> list[str]:
    """What has to come first, and what there is."""
    known = profiles.load(ctx.environ)
    lines = [] if ctx.channel else ["This shell has no hook yet, so it cannot be switched: awsprof init --install"]
    if not known:
        lines.append("There are no profiles yet. Begin with your access key: awsprof add iam DOMAIN")
    elif ctx.active:
        lines.append(f"Active: {quoted(ctx.active)}")
    return lines
