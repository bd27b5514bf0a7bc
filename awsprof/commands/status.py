"""`awsprof status`: the active profile, where it comes from, and what contradicts it. It never uses the network."""

from __future__ import annotations

from awsprof import lookup
from awsprof.profiles import checks, expiry, model, names, sources
from awsprof.profiles.validate import is_exportable_region
from awsprof.report import access_key, foreign_session, record, session_words
from awsprof.shell import ancestry, direnv, environment, overrides
from awsprof.text.display import joined, quoted, safe
from awsprof.text.masking import masked
from awsprof.text.times import age, iso, parse_time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from awsprof.context import Context
    from awsprof.profiles.expiry import Session
    from awsprof.profiles.model import Profile, Profiles
    from awsprof.shell.overrides import Override

    Finding = tuple[str, str]

_IDENTITIES = (
    (("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN"), "web identity"),
    (("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",), "container role"),
    (("AWS_CONTAINER_CREDENTIALS_FULL_URI",), "container role"),
)
_AWSPROF, _DIRENV, _UNSURE, _OTHER = "awsprof", "direnv", "unknown", "other"  # who set AWS_PROFILE


def run(ctx: Context, *, as_json: bool = False) -> None:
    """Print the state of this shell, every contradiction with the command that mends it."""
    known = model.load(ctx.environ)
    findings = contradictions(ctx, known)
    if as_json:
        _print_json(ctx, known, findings)
        return
    for label, value in _lines(ctx, known):
        ctx.out(f"{label:<9}{value}")
    for override in overrides.find(ctx.environ, known, ctx.active):
        ctx.out(f"{override.changes:<9}{_spelt(override)}")
    for what, fix in findings:
        ctx.out(f"! {what}\n  {fix}")
    ctx.say(*known.warnings)


def _lines(ctx: Context, known: Profiles) -> list[tuple[str, str]]:
    name = ctx.active
    if not name:
        return [("profile", "none" if _empty(ctx) else f"none: {_instead(ctx, known)}"), *_note(ctx, known, None)]
    lines = [("profile", quoted(name)), ("set by", _origin(ctx, known))]
    session = expiry.session(known, name, ctx.now()) if name in known else None
    if name in known:
        lines += [("account", safe(model.account(known, known[name]))), ("region", _region(ctx, known))]
        lines += [("session", session_words(session, ctx.now())), ("key", _key(ctx, known))]
    return [(label, value) for label, value in [*lines, *_note(ctx, known, session)] if value]


def _instead(ctx: Context, known: Profiles) -> str:
    """What AWS tools use if no profile is active, in botocore's order."""
    other = ctx.environ.get("AWS_DEFAULT_PROFILE")
    if ctx.environ.get("AWS_ACCESS_KEY_ID"):
        return "AWS tools use the keys in AWS_ACCESS_KEY_ID"
    if other:
        return f"the AWS CLI and boto3 use {quoted(other)} (AWS_DEFAULT_PROFILE), other tools the default profile"
    for variables, keys in _IDENTITIES:
        if all(map(ctx.environ.get, variables)):
            return f"AWS tools use the {keys} of {variables[0]}"
    if "default" in known:
        return "AWS tools use the default profile"
    return "there is no default profile, so AWS tools use this machine's own role, if it has one"


def _note(ctx: Context, known: Profiles, session: Session | None) -> list[Finding]:
    """A prompt reads AWS_SESSION_EXPIRATION: another terminal may have renewed the session since."""
    noted = ctx.environ.get(environment.SESSION_END, "")
    end = session.expires_at if session else None
    if not noted or parse_time(noted) == (end or -1):
        return []
    words = "no session has a known end" if end is None else f"the session ends {iso(end)}"
    fix = f"; awsprof use {quoted(ctx.active)} corrects it" if ctx.active in known else ""
    return [("note", f"AWS_SESSION_EXPIRATION says {safe(noted)}, but {words}{fix}")]


def _spelt(override: Override) -> str:
    value = safe(override.value) or "(empty)"
    place = f" of {quoted(override.section)}  ({safe(override.file)})" if override.section else ""
    return f"{safe(override.setting)} = {value}{place}"


def _key(ctx: Context, known: Profiles) -> str:
    """The access key behind the profile and its age, where IAM told that once."""
    key = access_key(ctx, known, ctx.active)
    return f"{safe(key['id'])}  {age(ctx.now() - (parse_time(key['created_at']) or 0))}" if key else ""


def _empty(ctx: Context) -> bool:
    return ctx.environ.get(environment.PROFILE) == ""


def _set_by(ctx: Context, known: Profiles) -> str:
    """Return who set AWS_PROFILE, as far as this environment shows it.

    A switch leaves AWSPROF_SAVED, which stays if AWS_PROFILE is changed by hand. The region variables show that, unless
    both profiles have the same region or `use --region` chose another one.
    """
    if direnv.value_set(ctx.environ, environment.PROFILE) == ctx.active:
        return _AWSPROF if direnv.value_set(ctx.environ, environment.SAVED) else _DIRENV
    if not ctx.environ.get(environment.SAVED):
        return _OTHER
    return _UNSURE if ctx.active not in known or _left_over(ctx, known) else _AWSPROF


def _origin(ctx: Context, known: Profiles) -> str:
    by = _set_by(ctx, known)
    if by == _DIRENV:
        return "direnv, from an .envrc"
    if by == _UNSURE:
        return "awsprof, or by hand after a switch"
    found = ancestry.origin(environment.PROFILE, ctx.active, ctx.parent) if ctx.channel and ctx.parent else None
    if found is None:
        return (
            "awsprof, in this shell or the one that started it"
            if by == _AWSPROF
            else "something else: your rc file, direnv, or the program that started this shell"
        )
    who, (pid, name) = "awsprof" if by == _AWSPROF else "something else", found
    if not pid:
        return f"{who}, in this shell" if by == _AWSPROF else f"{who}, in this shell: your rc file, direnv, or by hand"
    return f"{who}, before {'this shell' if pid == ctx.parent else f'{safe(name)} (process {pid})'} was started"


def _region(ctx: Context, known: Profiles) -> str:
    """The region that AWS tools use: the environment's before the profile's."""
    for name in reversed(environment.REGIONS):
        if ctx.environ.get(name):
            return f"{safe(ctx.environ[name])} ({name})"
    region = known[ctx.active].get("region")
    return f"{safe(masked('region', region))} (profile)" if region else "none"


def _environment_region(ctx: Context) -> str:
    return ctx.environ.get("AWS_DEFAULT_REGION") or ctx.environ.get("AWS_REGION", "")


def contradictions(ctx: Context, known: Profiles) -> list[Finding]:
    """What in this environment and these files stands against the active profile, each with its fix."""
    found = [*_masked(ctx, known), *_regions(ctx, known)]
    if _empty(ctx):
        found.append(("AWS_PROFILE is set, but empty: AWS tools look for a profile without a name", _unset(ctx)))
    if not ctx.active:
        return found
    if ctx.active not in known:
        steps = [*lookup.reasons(ctx, known, ctx.active), "awsprof use PROFILE, or awsprof off"]
        return [*found, (f"there is no profile {quoted(ctx.active)} in the AWS files", "\n  ".join(steps))]
    found += checks.findings(known, ctx.active, region=_environment_region(ctx))
    found += foreign_session(ctx, known, ctx.active)
    session = expiry.session(known, ctx.active, ctx.now())
    return [*found, *_session(known, session)]


def _unset(ctx: Context) -> str:
    fish = ctx.channel is not None and ctx.channel.shell_name == "fish"
    how = "set -e AWS_PROFILE (set -eU AWS_PROFILE if it is universal)" if fish else "unset AWS_PROFILE"
    return f"{how}, or awsprof use PROFILE"


def _session(known: Profiles, session: Session | None) -> list[Finding]:
    if session is None or session.state not in (expiry.EXPIRED, expiry.MISSING):
        return []
    if names.kind_by_name(session.profile) == names.MFA:
        return [(f"the MFA session of {quoted(session.profile)} is {session.state}", "awsprof mfa")]
    return [
        (
            f"the temporary keys of {quoted(session.profile)} are {session.state}",
            checks.next_step(known, session.profile),
        )
    ]


def _masked(ctx: Context, known: Profiles) -> list[Finding]:
    masks = environment.masking(ctx.environ)
    if sources.credential_source(known, ctx.active) == "EcsContainer":
        masks = [name for name in masks if name not in environment.CONTAINER]
    if not masks:
        return []
    instead = f"awsprof use {quoted(ctx.active)}" if ctx.active in known else "awsprof use PROFILE"
    subject, them = ("overrides", "it") if len(masks) == 1 else ("override", "them")
    fish = ctx.channel is not None and ctx.channel.shell_name == "fish"
    universal = f"; a universal variable: set -eU {' '.join(masks)}" if fish else ""
    return [(f"{joined(masks)} {subject} the profile in some AWS tools", f"{instead} removes {them}{universal}")]


def _regions(ctx: Context, known: Profiles) -> list[Finding]:
    first, second = (ctx.environ.get(name, "") for name in environment.REGIONS)
    if first == second:
        return _left_over(ctx, known)
    words = f"AWS_REGION is {safe(first) or 'unset'} and AWS_DEFAULT_REGION is {safe(second) or 'unset'}"
    name = quoted(ctx.active) if ctx.active in known else "PROFILE"
    return [(f"{words}: AWS tools differ in which they read", f"awsprof use {name} --region REGION sets both")]


def _left_over(ctx: Context, known: Profiles) -> list[Finding]:
    """A region of another profile: AWS_PROFILE was changed by hand, or by direnv. `--region` may choose the same."""
    region = ctx.environ.get(environment.REGIONS[0], "")
    own = _own_region(ctx, known[ctx.active]) if ctx.active in known else ""
    switched = bool(ctx.environ.get(environment.SAVED)) and ctx.active in known
    if not region or region == (own or _users_own(ctx)) or not (own or switched):
        return []
    name = quoted(ctx.active)
    others = [other for other in sorted(known) if other != ctx.active and known[other].get("region") == region]
    of_other = f", the region of {quoted(others[0])}" if others else ""
    what = f"the region variables are {safe(region)}{of_other}, but {name} has {safe(own) or 'no region'}"
    corrects = "sets it" if own else "removes it"
    return [(what, f"awsprof use {name} {corrects}, unless you chose the other one with --region")]


def _own_region(ctx: Context, profile: Profile) -> str:
    """The region that a switch exports for a profile."""
    region = profile.get("region")
    elsewhere = any(map(profile.get, ("endpoint_url", "services"))) or bool(environment.reported(ctx.environ))
    return region if region and is_exportable_region(region, elsewhere=elsewhere) else ""


def _users_own(ctx: Context) -> str:
    """The user's own region, which a switch to a profile without one restores."""
    return environment.decode(ctx.environ.get(environment.SAVED, "")).values.get(environment.REGIONS[0], "")


def _print_json(ctx: Context, known: Profiles, findings: list[Finding]) -> None:
    import json  # a plain status must not pay for it

    name = ctx.active
    profile = known.get(name) or model.Profile(name)
    state = record(ctx, known, profile)
    if profile.name not in known:
        state = {**dict.fromkeys(state), "name": name or None, "active": bool(name)}
    state["set_by"] = _set_by(ctx, known) if name else None
    state["exists"] = name in known
    state["environment_region"] = _environment_region(ctx) or None
    state["access_key"] = access_key(ctx, known, name)
    state["overrides"] = [override.record() for override in overrides.find(ctx.environ, known, name)]
    session = expiry.session(known, name, ctx.now()) if name in known else None
    state["notes"] = [value for _, value in _note(ctx, known, session)]
    state["contradictions"] = [{"what": what, "fix": fix} for what, fix in findings]
    ctx.out(json.dumps(state, indent=2))
    ctx.say(*known.warnings)
