"""The chain from a profile to its keys, and everything in it that botocore refuses.

The rules are botocore's: its AssumeRoleProvider, then the providers that it tries for a profile, in its order. An empty
setting counts as one, unless botocore looks at its value.
"""

from __future__ import annotations

from awsprof.profiles import names
from awsprof.text.display import joined, quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from awsprof.profiles.model import Profile, Profiles

CREDENTIAL_SOURCES = ("Environment", "EcsContainer", "Ec2InstanceMetadata")  # in botocore's spelling
_OF_PROFILE, _OF_SESSION = ("sso_account_id", "sso_role_name"), ("sso_start_url", "sso_region")


class Chain:
    """The source profiles from a profile down to its keys, and what breaks the chain, if anything does."""

    __slots__ = ("broken", "links")

    def __init__(self) -> None:
        self.links: list[str] = []
        self.broken = ""


def chain(profiles: Profiles, name: str) -> Chain:
    """Follow source_profile from a profile, itself first, as botocore does.

    A source with keys of its own ends the chain, whatever else it says; so a profile may be its own source.
    """
    found = Chain()
    while name in profiles:
        found.links.append(name)
        profile = profiles[name]
        is_source = len(found.links) > 1
        if not profile.assumes or (is_source and profile.mentions_keys):
            found.broken = _without_credentials(profiles, profile, is_source=is_source)
            return found
        found.broken = _bad_role(profile)
        if found.broken or profile.has("credential_source"):
            return found
        source = profile.get("source_profile")
        if source == name and profile.mentions_keys:
            found.broken = _without_credentials(profiles, profile, is_source=True)
            return found
        if source in found.links:
            found.broken = f"{quoted(name)} leads back to {quoted(source)}"
            return found
        name = source
    found.broken = f"there is no profile {quoted(name)}"
    return found


def _bad_role(profile: Profile) -> str:
    """Return what is wrong with the settings of a role that AWS tools assume with other keys."""
    whose, by = quoted(profile.name), profile.get("credential_source")
    if not profile.get("role_arn"):
        return f"the role_arn of {whose} is empty"
    if profile.has("source_profile") and profile.has("credential_source"):
        return f"{whose} has both source_profile and credential_source"
    if profile.has("credential_source") and by not in CREDENTIAL_SOURCES:
        return f"{whose} has credential_source {quoted(by)}, which is not one of {', '.join(CREDENTIAL_SOURCES)}"
    if not profile.has("source_profile") and not profile.has("credential_source"):
        return f"{whose} has a role_arn, but no source_profile"
    return "" if profile.has("credential_source") or profile.get("source_profile") else _empty_source(whose)


def _empty_source(whose: str) -> str:
    return f"the source_profile of {whose} is empty"


def _without_credentials(profiles: Profiles, profile: Profile, *, is_source: bool) -> str:
    """Return why AWS tools get no keys for a profile that is not assumed with another one's.

    A profile without any credentials is wrong only as a source: alone it means this machine's own role. An mfa
    profile without keys waits for its session.
    """
    whose = quoted(profile.name)
    if profile.get("web_identity_token_file"):
        return "" if profile.get("role_arn") else f"{whose} has a web_identity_token_file, but no role_arn"
    if any(map(profile.has, _OF_PROFILE)):
        return _bad_sso(profiles, profile)
    if profile.half_pair:
        return f"{whose} has half a key pair: {profile.half_pair} is missing"
    if _has_empty_command(profile):
        return f"the credential_process of {whose} is empty"
    if not is_source or profile.has_keys or names.kind_by_name(profile.name) == names.MFA:
        return ""
    provided = any(map(profile.has, ("login_session", "credential_process")))
    return "" if provided else f"the source profile {whose} has no credentials"


def _has_empty_command(profile: Profile) -> bool:
    """Return whether AWS tools come to a credential_process that is empty; botocore then fails."""
    earlier = "aws_access_key_id" in profile.credentials or profile.has("login_session")
    return profile.has("credential_process") and not earlier and not profile.get("credential_process")


def _bad_sso(profiles: Profiles, profile: Profile) -> str:
    whose, settings = quoted(profile.name), _settings(profile)
    if not profile.has("sso_session"):
        return _missing(whose, settings, (*_OF_PROFILE, *_OF_SESSION))
    session = profile.get("sso_session")
    shared = profiles.sso_session(session)
    if not shared:
        return f"{whose} needs [sso-session {quoted(session)}], which does not exist"
    differing = [key for key, value in shared.items() if settings.get(key, value) != value]
    if differing:
        return f"{joined(differing)} of {whose} and of [sso-session {quoted(session)}] differ"
    # The token comes from the sso-session alone, whatever the profile repeats.
    return _missing(f"[sso-session {quoted(session)}]", shared, _OF_SESSION) or _missing(
        whose, {**shared, **settings}, _OF_PROFILE
    )


def _settings(profile: Profile) -> dict[str, str]:
    return {**profile.config, **profile.credentials}


def _missing(whose: str, settings: Mapping[str, str], needed: tuple[str, ...]) -> str:
    missing = [key for key in needed if key not in settings]
    return f"{whose} has SSO settings, but no {joined(missing, 'or')}" if missing else ""


def down_to_the_keys(profiles: Profiles, chain: Chain) -> list[str]:
    """The links of a chain, and the iam profile whose keys renew the session at its end."""
    last = chain.links[-1]
    iam = names.iam(names.domain_of(last))
    renewed = names.kind_by_name(last) == names.MFA and iam in profiles
    return [*chain.links, iam] if renewed else chain.links


def asking_again(profiles: Profiles, name: str) -> list[str]:
    """The roles on the way from a profile to its keys that have an mfa_serial of their own."""
    links = chain(profiles, name).links
    return [link for link in links if profiles[link].assumes and profiles[link].get("mfa_serial")]


def uses_mfa(profiles: Profiles, name: str) -> bool:
    """Return whether `awsprof mfa NAME` finds a session: in the chain, otherwise in the profile's own domain."""
    if names.mfa(names.domain_of(name)) in profiles:
        return True
    links = chain(profiles, name).links if profiles[name].has("source_profile") else []
    return any(names.kind_by_name(link) == names.MFA for link in links)
