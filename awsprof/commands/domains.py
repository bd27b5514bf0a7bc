"""`awsprof domains`: the domains there are."""

from __future__ import annotations

from awsprof import names, profiles
from awsprof.text import safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from awsprof.context import Context


def run(ctx: Context, prefix: str = "", *, as_json: bool = False) -> None:
    """Print the domains that begin with a prefix, sorted; a profile without a colon is a domain of its own."""
    known = profiles.load(ctx.environ)
    found = sorted({domain for name in known if (domain := names.domain_of(name)).startswith(prefix)})
    if as_json:
        import json  # only --json pays for it

        ctx.out(json.dumps(found))
    else:
        for domain in found:
            ctx.out(safe(domain))
    ctx.say(*known.warnings)
