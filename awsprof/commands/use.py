"""`awsprof use`: make a profile active in the calling shell."""

from __future__ import annotations

from awsprof import lookup
from awsprof.cache import prompt, refresh, replay
from awsprof.errors import AwsprofError, CancelledError, CredentialsError, UsageError
from awsprof.profiles import chains, checks, expiry, model, names, sources
from awsprof.profiles.validate import check_region, is_exportable_region
from awsprof.report import foreign_session, session_words, summary
from awsprof.shell import environment
from awsprof.shell.channel import route
from awsprof.text.display import joined, quoted, safe
from awsprof.text.masking import quoted_value
from awsprof.text.times import iso

TYPE_CHECKING = False
if TYPE_CHECKING:
    from awsprof.context import Context
    from awsprof.profiles.expiry import Session
    from awsprof.profiles.model import Profiles
    from awsprof.terminal.picker import Row


def run(
    ctx: Context,
    word: str = "",
    *,
    domain: str = "",
    region: str = "",
    renew: bool = False,
    no_renew: bool = False,
    shell: str | None = None,
) -> None:
    """Switch to the profile that a word means (docs/shells.md), `-` being the one before.

    Args:
        ctx: the surroundings.
        word: a profile, a bare name, or `-`.
        domain: where to look for a bare name.
        region: the region of this switch only, instead of the profile's.
        renew: renew a session that has less than 15 minutes left first; if that fails, nothing is changed.
        no_renew: do not ask for a renewal.
        shell: print the change for this shell on stdout instead of handing it to the hook.

    Raises:
        AwsprofError: as the docs say; the environment is unchanged.
    """
    if renew and no_renew:
        raise UsageError("--renew and --no-renew contradict each other", "choose one")
    line = f"use {quoted(word)}" if word else "use PROFILE"
    deliver = route(ctx.channel, ctx.out, shell, line=line, at_terminal=ctx.person is not None)
    basis = replay.Basis(ctx)
    known = model.load(ctx.environ)
    name = _resolve(ctx, word, known, domain)
    keep = _needed(known, name)
    if renew:
        known = _renewed(ctx, known, name)
    elif not no_renew and not shell and _may_ask(ctx):
        known = _offered(ctx, known, name)
    plain = word in (name, "-") and not (region or renew or no_renew or shell or keep)
    own, warning = ("", "") if region else _own_region(ctx, known, name)
    region = check_region(region) if region else own
    session = expiry.session(known, name, ctx.now())
    end = iso(session.expires_at) if session and session.expires_at is not None else ""
    exported = "" if own and environment.leaves_region_out(ctx.environ) else region
    change = environment.switch(ctx.environ, name, exported, end, keep)
    lines = [
        *known.warnings,
        summary(known, name, region, session, ctx.now()),
        warning,
        *_asides(ctx, change),
        *_of_other_lines(warning, _doubts(ctx, known, name, session, _region_of_tools(ctx, change))),
        _missing(ctx, change, keep),
    ]
    ctx.say(*deliver(change, lines))
    refresh.renew(ctx.environ, name, (basis.times, known))
    if plain and not _wants_renewal(ctx, session):
        replay.keep_use(ctx, basis, name, exported, session.expires_at if session else None, lines)


def _needed(known: Profiles, name: str) -> tuple[str, ...]:
    """Return the overriding variables that the profile takes its keys from.

    Raises:
        CredentialsError: AWS tools would use the keys in variables instead of the role, so no switch can work.
    """
    source = sources.credential_source(known, name)
    if source == "Environment":
        last = quoted(chains.chain(known, name).links[-1])
        raise CredentialsError(
            f"{last} has credential_source = Environment: AWS tools use the keys in the environment "
            "instead of its role, so a switch cannot work",
            f"name it in each command, then the AWS CLI assumes the role: aws --profile {quoted(name)} COMMAND\n"
            f"or use a profile's keys: awsprof unset {last} credential_source; "
            f"awsprof set {last} source_profile=PROFILE",
        )
    return environment.CONTAINER if source == "EcsContainer" else ()


def _missing(ctx: Context, change: environment.Change, needed: tuple[str, ...]) -> str:
    if not needed or any(change.get(name, ctx.environ.get(name)) for name in needed):
        return ""
    return f"its credential_source is EcsContainer, but neither {joined(needed, 'nor')} is set: AWS tools find no keys"


def _own_region(ctx: Context, known: Profiles, name: str) -> tuple[str, str]:
    """Return the profile's region, or nothing and a warning if SDKs that read the variable would refuse it."""
    region = known[name].get("region")
    elsewhere = any(map(known[name].get, ("endpoint_url", "services"))) or bool(environment.reported(ctx.environ))
    if not region or is_exportable_region(region, elsewhere=elsewhere):
        return region, ""
    path, line = known.place(name, "region")
    return "", f"{quoted(path)} line {line}: {quoted_value(region)} is not a region, so AWS_REGION is not set to it"


def _resolve(ctx: Context, word: str, known: Profiles, domain: str) -> str:
    if not word or (word.endswith(":") and word not in known):
        return _chosen(ctx, known, word or domain)
    if word != "-":
        return lookup.profile(ctx, known, word, domain=domain)
    before = environment.previous(ctx.environ)
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
    lately = [ctx.active, environment.previous(ctx.environ), *prompt.recent(ctx.environ)]
    ordered = dict.fromkeys([*(name for name in lately if name in known), *sorted(known)])
    found = [name for name in ordered if domain in ("", names.domain_of(name))]
    return ctx.person.choose("use which profile?", _rows(ctx, known, found), first=ctx.active)


def _rows(ctx: Context, known: Profiles, found: list[str]) -> list[Row]:
    """What the list shows of each profile: name, account, region and session, in columns."""
    from awsprof.terminal.picker import Row  # only an open list pays for it

    accounts = [model.account(known, known[name]) for name in found]
    cells = [
        [
            f"{'*' if name == ctx.active else ' '} {safe(name)}",
            safe(account),
            safe(known[name].get("region")),
            session_words(expiry.session(known, name, ctx.now()), ctx.now()),
        ]
        for name, account in zip(found, accounts, strict=True)
    ]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    labels = ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)) for row in cells]
    return [Row(name, label.rstrip(), account) for name, label, account in zip(found, labels, accounts, strict=True)]


def _may_ask(ctx: Context) -> bool:
    """Return whether to ask for a renewal: a hook called, stdin and stderr are terminals, and the user allows it."""
    at_terminal = ctx.person is not None and ctx.stderr is not None and ctx.stderr.isatty()
    return at_terminal and ctx.channel is not None and ctx.environ.get("AWSPROF_RENEW") != "never"


def _wants_renewal(ctx: Context, session: Session | None) -> bool:
    """Return whether an MFA session is missing, has expired, or has less than 15 minutes left."""
    if session is None or names.kind_by_name(session.profile) != names.MFA:
        return False
    end = session.expires_at
    return session.state == expiry.MISSING or (end is not None and end - ctx.now() < replay.SOON)


def _renewed(ctx: Context, known: Profiles, name: str, *, skippable: bool = False) -> Profiles:
    """Return the profiles after a renewal of the session that a profile depends on, if that session needs it."""
    from awsprof.commands import mfa
    from awsprof.sessions.codes import SkippedError  # a plain switch must not pay for it

    session = expiry.session(known, name, ctx.now())
    if not skippable and known[(chains.chain(known, name).links or [name])[-1]].kind in ("sso", "login", "process"):
        ctx.say(f"awsprof has no session to renew for {quoted(name)}: {checks.next_step(known, name)}")
    if session is None or not (_wants_renewal(ctx, session) or session.state == expiry.UNKNOWN):
        return known
    wish = mfa.Wish(least=replay.SOON, skippable=skippable)
    try:
        # A word without a colon may be a domain, too: then the session is named by itself.
        mfa.renew(ctx, name if ":" in name else session.profile, wish)
    except CancelledError:
        raise
    except AwsprofError as error:
        if not skippable or (wish.asked and not isinstance(error, SkippedError)):
            raise
        if not wish.asked:  # what is missing for a renewal is no reason not to switch
            ctx.say(f"cannot renew the session: {error.what}", *error.next_step.split("\n"))
    return model.load(ctx.environ)


def _offered(ctx: Context, known: Profiles, name: str) -> Profiles:
    """Return the profiles after asking for a session's renewal, which the person may skip."""
    session = expiry.session(known, name, ctx.now())
    return _renewed(ctx, known, name, skippable=True) if _wants_renewal(ctx, session) else known


def _asides(ctx: Context, change: environment.Change) -> list[str]:
    taken, kept = environment.removed(ctx.environ, change), environment.reported(ctx.environ)
    lines = [f"removed {', '.join(taken)}"] if taken else []
    why = "they change which host or identity AWS tools use (see awsprof status)"
    return [*lines, f"kept {', '.join(kept)}: {why}"] if kept else lines


def _region_of_tools(ctx: Context, change: environment.Change) -> str:
    name = environment.REGIONS[0]
    return change.get(name, ctx.environ.get(name)) or ""


def _of_other_lines(warning: str, doubts: list[str]) -> list[str]:
    """Return the doubts about other lines than the warning's: one line of a file is mentioned once."""
    place = warning.partition(": ")[0]
    return [doubt for doubt in doubts if not (place and doubt.startswith(f"{place}: "))]


def _doubts(ctx: Context, known: Profiles, name: str, session: Session | None, region: str) -> list[str]:
    """Return a line for each thing that will not work yet, with the command that fixes it."""
    findings = [*checks.findings(known, name, region=region), *foreign_session(ctx, known, name)]
    found = [f"{what} ({fix})" for what, fix in findings]
    if session is None or not (_wants_renewal(ctx, session) or session.state in (expiry.EXPIRED, expiry.MISSING)):
        return found
    if names.kind_by_name(session.profile) != names.MFA:
        state = "have expired" if session.state == expiry.EXPIRED else "are incomplete"
        return [*found, f"the temporary keys of {quoted(session.profile)} {state}: renew them where they came from"]
    found.append(f"renew the session with: awsprof mfa {quoted(names.domain_of(session.profile))}")
    if session.profile == name and session.state == expiry.MISSING:
        found.append("until then AWS tools would act as this machine's own role, if it has one")
    return found
