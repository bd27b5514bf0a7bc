"""`awsprof show`: one profile, its settings with the file each comes from, and its chain down to the keys."""

from __future__ import annotations

from awsprof import names, profiles
from awsprof.commands.use import session_words, summary
from awsprof.text import iso, masked, quoted, safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from awsprof.context import Context
    from awsprof.profiles import Profile, Profiles, Session


def record(ctx: Context, known: Profiles, profile: Profile) -> dict[str, Any]:
    """A profile as every `--json` tells it: stable field names, None where there is nothing, times in UTC."""
    return {
        "name": profile.name,
        "domain": names.domain_of(profile.name),
        "kind": profile.kind,
        "account": profiles.account(known, profile) or None,
        "region": profile.get("region") or None,
        "source": profile.get("source_profile") or None,
        "active": profile.name == ctx.active,
        "session": session_record(profiles.session(known, profile.name, ctx.now()), ctx.now()),
    }


def session_record(session: Session | None, now: float) -> dict[str, Any] | None:
    """A session as `--json` tells it; `seconds_left` counts from `now` and is never negative."""
    if session is None:
        return None
    end = session.expires_at
    return {
        "profile": session.profile,
        "state": session.state,
        "expires_at": None if end is None else iso(end),
        "seconds_left": None if end is None else max(0, int(end - now)),
    }


def run(ctx: Context, word: str, *, as_json: bool = False) -> None:
    """Print one profile, secrets masked.

    Raises:
        NoSuchProfileError: the word names none.
    """
    known = profiles.load(ctx.environ)
    profile = known[names.resolve(word, known, active=ctx.active)]
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
    session = profiles.session(known, profile.name, ctx.now())
    ctx.out(summary(known, profile.name, profile.get("region"), session))
    rows = settings(known, profile)
    width = max((len(key) for key, _, _ in rows), default=0)
    for key, value, path in rows:
        ctx.out(f"  {safe(key):<{width}}  {safe(_one_line(value))}  ({safe(path)})")
    chain = profiles.chain(known, profile.name)
    for depth, link in enumerate(chain.links):
        at = profiles.session(known, link, ctx.now())
        words = session_words(at) if at and at.profile == link else ""
        ctx.out("  ".join(part for part in ("  " * depth + quoted(link), known[link].kind, words) if part))
    if chain.broken:
        ctx.out("  " * len(chain.links) + f"broken here: {chain.broken}")


def _one_line(value: str) -> str:
    return "; ".join(part.strip() for part in value.split("\n") if part.strip())


def _print_json(ctx: Context, known: Profiles, profile: Profile) -> None:
    import json  # only --json pays for it

    chain = profiles.chain(known, profile.name)
    told = record(ctx, known, profile)
    told["settings"] = {key: {"value": value, "file": path} for key, value, path in settings(known, profile)}
    told["chain"] = chain.links
    told["broken"] = chain.broken or None
    ctx.out(json.dumps(told, indent=2))
