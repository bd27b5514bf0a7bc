"""What there is to say about a profile and its session: in a line, and as every `--json` tells it."""

from __future__ import annotations

from awsprof.cache import keys
from awsprof.profiles import chains, expiry, model, names
from awsprof.profiles.model import KEY_ID, TOKEN
from awsprof.text.display import quoted, safe
from awsprof.text.masking import masked
from awsprof.text.times import age, clock, iso

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from awsprof.context import Context
    from awsprof.profiles.expiry import Session
    from awsprof.profiles.model import Profile, Profiles


def summary(known: Profiles, name: str, region: str, session: Session | None, now: float) -> str:
    """The one line about a profile: name, account, region, the end of its session."""
    parts = [name, model.account(known, known[name]), masked("region", region), session_words(session, now)]
    return "  ".join(safe(part) for part in parts if part)


def session_words(session: Session | None, now: float) -> str:
    """Return the state of a session and when it expires; not the time left, so that a replayed line stays true."""
    if session is None:
        return ""
    at = clock(session.expires_at, now) if session.expires_at is not None else ""
    return {
        expiry.VALID: f"session until {at}",
        expiry.EXPIRED: f"session expired {at}",
        expiry.MISSING: "no session",
        expiry.UNKNOWN: "session of unknown end",
    }[session.state]


def record(ctx: Context, known: Profiles, profile: Profile) -> dict[str, Any]:
    """A profile as every `--json` tells it: stable field names, None where there is nothing, times in UTC."""
    return {
        "name": profile.name,
        "domain": names.domain_of(profile.name),
        "kind": profile.kind or None,
        "account": masked("account", model.account(known, profile)) or None,
        "region": masked("region", profile.get("region")) or None,
        "source": masked("source_profile", profile.get("source_profile")) or None,
        "active": profile.name == ctx.active,
        "session": session_record(expiry.session(known, profile.name, ctx.now()), ctx.now()),
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


def key_age(ctx: Context, known: Profiles, name: str) -> str:
    """How old the long-term key of a profile itself is, where IAM told it once; else nothing."""
    created = _key_created(ctx, known[name])
    return "" if created is None else age(ctx.now() - created)


def foreign_session(ctx: Context, known: Profiles, name: str) -> list[tuple[str, str]]:
    """Return what is wrong, and its fix, if a profile's session was made with another access key than the domain's.

    Then it may be another user's: an editor or another tool has changed one of the two.
    """
    found = expiry.session(known, name, ctx.now()) if name in known else None
    iam = known.get(names.iam(names.domain_of(found.profile))) if found else None
    if found is None or iam is None or names.kind_by_name(found.profile) != names.MFA:
        return []
    parent = keys.parent_of(ctx.environ, known[found.profile].get(KEY_ID))
    if parent in ("", iam.get(KEY_ID)) or found.state != expiry.VALID:
        return []
    what = f"the session of {quoted(found.profile)} was made with {parent}, another key than {quoted(iam.name)} holds"
    return [(what, f"awsprof mfa {quoted(names.domain_of(iam.name))} --force")]


def _key_created(ctx: Context, profile: Profile) -> int | None:
    return None if profile.get(TOKEN) else keys.key_created(ctx.environ, profile.get(KEY_ID))


def access_key(ctx: Context, known: Profiles, name: str) -> dict[str, Any] | None:
    """The long-term key that a profile stands on as `--json` tells it, None where IAM never told of it."""
    links = chains.down_to_the_keys(known, chains.chain(known, name)) if name in known else []
    created = _key_created(ctx, known[links[-1]]) if links else None
    return None if created is None else {"id": known[links[-1]].get(KEY_ID), "created_at": iso(created)}
