"""`awsprof cache`, which completion calls: renew the list of names."""

from __future__ import annotations

from awsprof import cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from awsprof.context import Context


def run(ctx: Context) -> None:
    """Renew the list of names that completion reads, where the AWS files have changed."""
    cache.renew(ctx.environ)
