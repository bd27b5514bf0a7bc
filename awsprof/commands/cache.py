"""`awsprof cache`, which completion calls: renew the list of names."""

from __future__ import annotations

from awsprof.cache import refresh

TYPE_CHECKING = False
if TYPE_CHECKING:
    from awsprof.context import Context


def run(ctx: Context) -> None:
    """Renew the list of names that completion reads, where the AWS files have changed."""
    refresh.renew(ctx.environ)
