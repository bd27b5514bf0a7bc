"""`awsprof domains`: the domains there are."""

from __future__ import annotations

from awsprof import lookup
from awsprof.profiles import model
from awsprof.text.display import safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from awsprof.context import Context


def run(ctx: Context, prefix: str = "", *, as_json: bool = False) -> None:
    """Print the domains that begin with a prefix, sorted."""
    known = model.load(ctx.environ)
    found = sorted(domain for domain in lookup.domains(known) if domain.startswith(prefix.removesuffix(":")))
    if as_json:
        import json  # only --json pays for it

        ctx.out(json.dumps(found))
    else:
        for domain in found:
            ctx.out(safe(domain))
    ctx.say(*known.warnings)
