"""`awsprof show`: one profile, its settings with the file each comes from, and its chain down to the keys."""

from __future__ import annotations

from awsprof import lookup
from awsprof.errors import UsageError
from awsprof.profiles import chains, checks, expiry, model
from awsprof.report import access_key, key_age, record, session_words, summary
from awsprof.text.display import quoted, safe
from awsprof.text.masking import masked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from awsprof.context import Context
    from awsprof.profiles.model import Profile, Profiles


def run(ctx: Context, word: str = "", *, as_json: bool = False) -> None:
    """Print one profile, secrets masked; without a word the active one.

    Raises:
        UsageError: there is no word, and no profile is active.
        NoSuchProfileError: the word, or AWS_PROFILE, names none.
    """
    if not word and not ctx.active:
        raise UsageError("no profile is active in this shell", "name one: awsprof show PROFILE")
    known = model.load(ctx.environ)
    if not word and ctx.active not in known:
        raise lookup.not_found(ctx, known, ctx.active)
    profile = known[lookup.profile(ctx, known, word) if word else ctx.active]
    if as_json:
        _print_json(ctx, known, profile)
    else:
        _print(ctx, known, profile)
    ctx.say(*known.warnings)


def settings(known: Profiles, profile: Profile) -> list[tuple[str, str, str]]:
    """Key, value as it may be shown, and file of every setting that counts; credentials win over config."""
    files = ((profile.credentials, known.credentials.path), (profile.config, known.config.path))
    rows: dict[str, tuple[str, str, str]] = {}
    for values, path in files:
        for key, value in values.items():
            rows.setdefault(key, (key, masked(key, value), path))
    return [rows[key] for key in sorted(rows)]


def _print(ctx: Context, known: Profiles, profile: Profile) -> None:
    session = expiry.session(known, profile.name, ctx.now())
    ctx.out(summary(known, profile.name, profile.get("region"), session, ctx.now()))
    rows = settings(known, profile)
    width = max((len(key) for key, _, _ in rows), default=0)
    for key, value, path in rows:
        ctx.out(f"  {safe(key):<{width}}  {safe(_one_line(value))}  ({safe(path)})")
    chain = chains.chain(known, profile.name)
    for depth, link in enumerate(chains.down_to_the_keys(known, chain)):
        ctx.out(
            "  ".join(part for part in ("  " * depth + quoted(link), known[link].kind, _held(ctx, known, link)) if part)
        )
    if chain.broken:
        ctx.out("  " * len(chain.links) + f"broken here: {chain.broken}")
    for what, fix in _findings(known, profile):
        ctx.out(f"! {what}\n  {fix}")


def _findings(known: Profiles, profile: Profile) -> list[tuple[str, str]]:
    """What is wrong beside a broken chain, which is shown where it breaks. A region is the shell's matter."""
    found = checks.findings(known, profile.name, region="any")
    return found[1:] if chains.chain(known, profile.name).broken else found


def _held(ctx: Context, known: Profiles, link: str) -> str:
    session = expiry.session(known, link, ctx.now())
    old = key_age(ctx, known, link)
    return session_words(session, ctx.now()) if session and session.profile == link else f"key {old}" if old else ""


def _one_line(value: str) -> str:
    return "; ".join(part.strip() for part in value.split("\n") if part.strip())


def _print_json(ctx: Context, known: Profiles, profile: Profile) -> None:
    import json  # only --json pays for it

    chain = chains.chain(known, profile.name)
    told = record(ctx, known, profile)
    told["settings"] = {key: {"value": value, "file": path} for key, value, path in settings(known, profile)}
    told["chain"] = chains.down_to_the_keys(known, chain)
    told["access_key"] = access_key(ctx, known, profile.name)
    told["broken"] = chain.broken or None
    told["findings"] = [{"what": what, "fix": fix} for what, fix in _findings(known, profile)]
    ctx.out(json.dumps(told, indent=2))
