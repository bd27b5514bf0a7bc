"""`awsprof use`: make a profile active in the calling shell."""

from __future__ import annotations

from awsprof import cache, checks, environment, lookup, names, profiles, replay
from awsprof.channel import route
from awsprof.errors import UsageError
from awsprof.forms import check_region
from awsprof.report import session_words, summary
from awsprof.text import iso, quoted, safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from awsprof.context import Context
    from awsprof.picker import Row
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
    line = f"use {quoted(word)}" if word else "use PROFILE"
    deliver = route(ctx.channel, ctx.out, shell, line=line, at_terminal=ctx.person is not None)
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
        *_doubts(known, name, session, change.get("AWS_REGION") or ctx.environ.get("AWS_REGION", "")),
    ]
    ctx.say(*deliver(change, lines))
    cache.renew(ctx.environ, name, (basis.times, known))
    if plain:
        replay.keep_use(ctx, basis, name, region, session.expires_at if session else None, lines)


def _resolve(ctx: Context, word: str, known: Profiles, domain: str) -> str:
    if not word or (word.endswith(":") and word not in known):
        return _chosen(ctx, known, word or domain)
    if word != "-":
        return lookup.profile(ctx, known, word, domain=domain)
    before = ctx.environ.get(environment.PREVIOUS, "")
    if not before:
        raise UsageError("there is no profile before this one in this shell", "name one: awsprof use PROFILE")
    if before not in known:
        raise lookup.not_found(ctx, known, before)
    return before


def _chosen(ctx: Context, known: Profiles, domain: str) -> str:
    """The profile that the person picks from a list: those used lately first, then by name."""
    domain = domain and lookup.existing_domain(ctx, known, domain)
    if not known:
        first, *more = lookup.nothing(ctx, known)
        raise UsageError(first, "\n".join(more))
    if ctx.person is None:
        raise UsageError("no profile given, and no terminal to ask on", "name one: awsprof list shows what there is")
    lately = [ctx.active, ctx.environ.get(environment.PREVIOUS, ""), *cache.recent(ctx.environ)]
    ordered = dict.fromkeys([*(name for name in lately if name in known), *sorted(known)])
    found = [name for name in ordered if domain in ("", names.domain_of(name))]
    return ctx.person.choose("use which profile?", _rows(ctx, known, found), first=ctx.active)


def _rows(ctx: Context, known: Profiles, found: list[str]) -> list[Row]:
    """What the list shows of each profile: name, account, region and session, in columns."""
    from awsprof.picker import Row  # only an open list pays for it

    accounts = [profiles.account(known, known[name]) for name in found]
    cells = [
        [
            f"{'*' if name == ctx.active else ' '} {safe(name)}",
            safe(account),
            safe(known[name].get("region")),
            session_words(profiles.session(known, name, ctx.now())),
        ]
        for name, account in zip(found, accounts, strict=True)
    ]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    labels = ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)) for row in cells]
    return [Row(name, label.rstrip(), account) for name, label, account in zip(found, labels, accounts, strict=True)]


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
    taken, kept = environment.removed(ctx.environ, change), environment.reported(ctx.environ)
    lines = [f"removed {', '.join(taken)}"] if taken else []
    why = "they change which host or identity AWS tools use (see awsprof status)"
    return [*lines, f"kept {', '.join(kept)}: {why}"] if kept else lines


def _doubts(known: Profiles, name: str, session: Session | None, region: str) -> list[str]:
    """What will not work yet, with the command that mends it."""
    found = [f"{what} ({fix})" for what, fix in checks.findings(known, name, region=region)]
    if session is None or session.state not in (profiles.EXPIRED, profiles.MISSING):
        return found
    if names.kind_by_name(session.profile) != names.MFA:
        state = "have expired" if session.state == profiles.EXPIRED else "are incomplete"
        return [*found, f"the temporary keys of {quoted(session.profile)} {state}: renew them where they came from"]
    found.append(f"renew the session with: awsprof mfa {quoted(names.domain_of(session.profile))}")
    if session.profile == name and session.state == profiles.MISSING:
        found.append("until then AWS tools would act as this machine's own role, if it has one")
    return found
