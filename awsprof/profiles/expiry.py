"""The session that a profile depends on, and when it expires, as the AWS files say it."""

from __future__ import annotations

from awsprof.profiles import names
from awsprof.profiles.chains import chain
from awsprof.profiles.model import EXPIRATION, EXPIRATION_FOR, KEY_ID, OTHER_EXPIRATION, SESSION_KEYS, TOKEN
from awsprof.text.times import parse_time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from awsprof.profiles.model import Profile, Profiles

VALID, EXPIRED, MISSING, UNKNOWN = "valid", "expired", "missing", "unknown"


class Session:
    """The temporary keys that a profile depends on: the profile that has them, their state and expiry (UTC seconds)."""

    __slots__ = ("expires_at", "profile", "state")

    def __init__(self, profile: str, state: str, expires_at: int | None) -> None:
        self.profile = profile
        self.state = state
        self.expires_at = expires_at


def session(profiles: Profiles, name: str, now: float) -> Session | None:
    """Return the session that a profile depends on at the time `now` (UTC seconds); None if it needs none."""
    found = chain(profiles, name)
    for link in found.links:
        profile = profiles[link]
        # Keys that stand in a role's own section are not used: the role is assumed with its source's.
        own = profile.get(TOKEN) and (link == found.links[-1] or not profile.assumes)
        if names.kind_by_name(link) == names.MFA or own:
            return state_of(profile, now)
        if profile.kind == "login" and link == found.links[-1]:  # nobody knows without asking AWS
            return Session(link, UNKNOWN, None)
    return None


def state_of(profile: Profile, now: float) -> Session:
    """The state of the temporary keys in one profile.

    A written end is believed where it was written for the key that stands there; where it says nothing of a key, if
    all three keys stand in one section (the original module's and aws-mfa's files).
    """
    if not all(map(profile.get, SESSION_KEYS)):
        return Session(profile.name, MISSING, None)
    written_for = profile.get(EXPIRATION_FOR)
    end = parse_time(profile.get(EXPIRATION) or profile.get(OTHER_EXPIRATION))
    together = any(all(map(section.get, SESSION_KEYS)) for section in (profile.credentials, profile.config))
    if end is None or not (written_for == profile.get(KEY_ID) if written_for else together):
        return Session(profile.name, UNKNOWN, None)
    return Session(profile.name, VALID if end > now else EXPIRED, end)
