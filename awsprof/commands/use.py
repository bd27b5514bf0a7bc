"""`awsprof use`: make a profile active in the calling shell."""

from __future__ import annotations

from awsprof import cache, environment, names, profiles, replay
from awsprof.channel import route
from awsprof.errors import UsageError
from awsprof.forms import check_region
from awsprof.report import session_words, summary
from awsprof.text import iso, quoted, safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from awsprof.context import Context
    from awsprof.profiles import Profiles, Session


def run(
    ctx: Context, word: str = "", *, domain: str = "", region: str = "", mfa: bool = False, shell: str | None = None
) -> None:
    """Switch to the profile that a word means (docs/shells.md), `-` being the one before.

    Args:
        ctx: the surroundings.
        word: a profile, a bare name, or `-`.
        domain: where to look for a bare name.
        region: the region of this switch only, instead of the profile's.
        mfa: renew the session first where it needs it; a refused code changes nothing.
        shell: print the change for this shell on stdout instead of handing it to the hook.

    Raises:
        AwsprofError: as the docs say; the environment is unchanged.
    """
    deliver = route(ctx.channel, ctx.out, shell)
    basis = replay.Basis(ctx)
    known = profiles.load(ctx.environ)
    name = _resolve(ctx, word, known, domain)
    if mfa:
        known = _with_session(ctx, known, name)
    plain = word in (name, "-") and not (region or mfa or shell)
    region = check_region(region) if region else known[name].get("region")
    session = profiles.session(known, name, ctx.now())
    end = iso(session.expires_at) if session and session.expires_at is not None else ""
    change = environment.switch(ctx.environ, name, region, end)
    lines = [
        *known.warnings,
        summary(known, name, region, session),
        *_asides(ctx, change),
        *_doubts(known, name, session),
    ]
    ctx.say(*deliver(change, lines))
    cache.renew(ctx.environ, name, (basis.times, known))
    if plain:
        replay.keep_use(ctx, basis, name, region, session.expires_at if session else None, lines)


def _resolve(ctx: Context, word: str, known: Profiles, domain: str) -> str:
    if not word:
        return _chosen(ctx, known, domain)
    if word != "-":
        return names.resolve(word, known, domain=domain, active=ctx.active)
    before = ctx.environ.get(environment.PREVIOUS, "")
    if not before:
        raise UsageError("there is no profile before this one in this shell", "name one: awsprof use PROFILE")
    if before not in known:
        raise names.not_found(before, known)
    return before


def _chosen(ctx: Context, known: Profiles, domain: str) -> str:
    """The profile that the person picks from a list."""
    found = [name for name in sorted(known) if not domain or names.domain_of(name) == domain]
    if ctx.person is None or not found:
        hint = "name one: awsprof list shows what there is" if known else "there are none yet: awsprof add iam DOMAIN"
        raise UsageError("use which profile? there is no terminal to ask at" if known else "use which profile?", hint)
    width = max(len(safe(name)) for name in found)
    labels = [_label(ctx, known, name, width) for name in found]
    return ctx.person.choose("use which profile?", found, labels, first=ctx.active)


def _label(ctx: Context, known: Profiles, name: str, width: int) -> str:
    mark = "*" if name == ctx.active else " "
    words = session_words(profiles.session(known, name, ctx.now()))
    return f"{mark} {safe(name):<{width}}  {known[name].kind:<7}  {words}".rstrip()


def _with_session(ctx: Context, known: Profiles, name: str) -> Profiles:
    """The profiles once the session that this one stands on lasts."""
    from awsprof.commands.mfa import renew  # a plain switch must not pay for it

    session = profiles.session(known, name, ctx.now())
    if session is None or names.kind_by_name(session.profile) != names.MFA:
        return known
    # A word without a colon may be a domain, too: then the session is named by itself.
    renew(ctx, name if ":" in name else session.profile)
    return profiles.load(ctx.environ)


def _asides(ctx: Context, change: environment.Change) -> list[str]:
    taken = environment.removed(ctx.environ, change)
    return [f"removed {', '.join(taken)}"] if taken else []


def _doubts(known: Profiles, name: str, session: Session | None) -> list[str]:
    """What will not work yet, with the command that mends it."""
    broken = profiles.chain(known, name).broken
    found = [f"AWS tools cannot use {quoted(name)}: {broken}"] if broken else []
    if session is None or session.state not in (profiles.EXPIRED, profiles.MISSING):
        return found
    if names.kind_by_name(session.profile) != names.MFA:
        state = "have expired" if session.state == profiles.EXPIRED else "are incomplete"
        return [*found, f"the temporary keys of {quoted(session.profile)} {state}: renew them where they came from"]
    found.append(f"renew the session with: awsprof mfa {quoted(names.domain_of(session.profile))}")
    if session.profile == name and session.state == profiles.MISSING:
        found.append("until then AWS tools would act as this machine's own role, if it has one")
    return found
