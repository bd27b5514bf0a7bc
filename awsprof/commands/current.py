"""`awsprof current`: the name of the active profile, for scripts and prompts."""

from __future__ import annotations

from awsprof.errors import UsageError
from awsprof.text.display import safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from awsprof.context import Context


def run(ctx: Context) -> None:
    """Print the value of AWS_PROFILE. No file is read, so the profile may be missing.

    Raises:
        UsageError: no profile is active.
    """
    if not ctx.active:
        raise UsageError("no profile is active in this shell", "switch to one: awsprof use PROFILE")
    ctx.out(safe(ctx.active))
