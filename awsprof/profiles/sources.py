"""Where the keys of a profile come from: a user, a role's credential_source, or temporary keys of another profile."""

from __future__ import annotations

from awsprof.profiles import names
from awsprof.profiles.chains import chain, down_to_the_keys
from awsprof.profiles.model import KEY_ID, LEGACY_TOKEN, LOGIN, SSO, TOKEN, USER, Profile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from awsprof.profiles.model import Profiles


def user_behind(profiles: Profiles, name: str) -> str:
    """Return the name of the IAM user whose keys a profile depends on; empty if AWS has not said it."""
    links = down_to_the_keys(profiles, chain(profiles, name))
    return profiles[links[-1]].get(USER) if links else ""


def credential_source(profiles: Profiles, name: str) -> str:
    """Return the credential_source at the end of a profile's chain; empty if its keys come from elsewhere."""
    found = chain(profiles, name)
    last = profiles[found.links[-1]] if found.links and not found.broken else Profile(name)
    own_keys = len(found.links) > 1 and last.has_keys
    return last.get("credential_source") if last.assumes and not own_keys else ""


LONGEST_CHAINED = 3600  # seconds that AWS allows for a role assumed with temporary keys


def temporary_source(profiles: Profiles, name: str) -> str:
    """Return the source profile, or credential_source, whose temporary keys assume a role; empty if there is none."""
    role = profiles[name]
    if not role.assumes:
        return ""
    by = role.get("credential_source")
    if by:
        return by if by != "Environment" else ""  # that may be a user's own keys
    source = role.get("source_profile")
    return source if source in profiles and _has_temporary_keys(profiles[source]) else ""


def _has_temporary_keys(profile: Profile) -> bool:
    if names.kind_by_name(profile.name) == names.MFA:
        return True
    if profile.has_keys:  # AWS tools use these and ignore its other settings
        return bool(profile.get(TOKEN) or profile.get(LEGACY_TOKEN)) or profile.get(KEY_ID).startswith("ASIA")
    return any(map(profile.get, ("role_arn", LOGIN, *SSO)))


def refused_duration(profiles: Profiles, name: str) -> str:
    """Return the temporary source that makes AWS refuse a role's duration_seconds; empty if AWS does not."""
    return temporary_source(profiles, name) if over_an_hour(profiles[name].get("duration_seconds")) else ""


def over_an_hour(seconds: str) -> bool:
    """Whether a duration is more than AWS allows for a role assumed with temporary keys."""
    return seconds.isascii() and seconds.isdecimal() and len(seconds) < 11 and int(seconds) > LONGEST_CHAINED
