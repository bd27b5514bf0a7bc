"""An MFA session: which one a profile stands on, whether it will last, and one renewal of it for everybody.

Of all processes one asks the person, the others wait for it: a lock per domain is held through prompt and call.
Decided in docs/mfa.md.
"""

from __future__ import annotations

import os

from awsprof import aws
from awsprof.errors import AwsprofError, CredentialsError, FileError, NoSuchProfileError, UsageError
from awsprof.files import lock, plan, read
from awsprof.profiles import chains, checks, model, names
from awsprof.profiles.model import (
    DEVICE_ARN,
    EXPIRATION,
    EXPIRATION_FOR,
    KEY_ID,
    LEGACY_TOKEN,
    OTHER_EXPIRATION,
    SECRET,
    TOKEN,
)
from awsprof.profiles.validate import check_device, is_key_id
from awsprof.sessions import codes
from awsprof.text.display import quoted
from awsprof.text.times import iso

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from awsprof.aws import Keys
    from awsprof.files.read import Settings
    from awsprof.profiles.model import Profiles

WAIT_WITHOUT_TERMINAL = 60.0
WAIT_AT_TERMINAL = 24 * 3600.0
_OWN = 2  # the first regions to think of: those of the mfa and the iam profile


def find(known: Profiles, word: str, active: str) -> str:
    """The mfa profile whose session a word means: a profile, else a domain; without one, the active profile.

    Raises:
        UsageError: nothing was named and nothing is active.
        NoSuchProfileError: there is no such profile or domain, or it stands on no session.
    """
    if not word and not active:
        raise UsageError("no profile is active in this shell", "name a domain: awsprof mfa DOMAIN")
    if ":" not in word and any(name.startswith(f"{word}:") for name in known if word):
        return _by_convention(known, word)
    name = word or active
    if name not in known:
        raise _not_found(known, name)
    for link in chains.chain(known, name).links:
        if names.kind_by_name(link) == names.MFA:
            return link
    return _by_convention(known, names.domain_of(name), name)


def _not_found(known: Profiles, name: str) -> NoSuchProfileError:
    error = names.not_found(name, {*known, *map(names.domain_of, known)})
    return NoSuchProfileError(error.what, f"{error.next_step}\na new one: awsprof add mfa {_domain_word(name)}")


def _domain_word(name: str) -> str:
    return quoted(names.domain_of(name)) if names.domain_of(name) else "DOMAIN"


def _by_convention(known: Profiles, domain: str, profile: str = "") -> str:
    name = names.mfa(domain)
    if name in known:
        return name
    step = checks.next_step(known, profile) if profile else checks.new_session(known, domain)
    raise NoSuchProfileError(f"there is no MFA session for {quoted(profile or domain)}", step)


class Target:
    """What a renewal needs: the mfa profile, its device, the user's keys, and the command that gives codes, if any."""

    __slots__ = ("command", "device", "domain", "iam", "keys", "profile")

    def __init__(self, known: Profiles, profile: str) -> None:
        self.profile = profile
        self.domain = names.domain_of(profile)
        self.iam = names.iam(self.domain)
        self.device = model.device_of(known, self.domain)
        if not self.device:
            raise NoSuchProfileError(
                f"{quoted(profile)} names no MFA device ({DEVICE_ARN})", f"awsprof add mfa {quoted(self.domain)}"
            )
        self.command = codes.find(known, profile, self.iam)
        self.keys = iam_keys(known, self.domain)
        if self.keys.key_id.startswith("ASIA"):
            # AWS would refuse it, too, and the code would be spent.
            raise CredentialsError(
                f"{quoted(self.iam)} holds temporary keys: AWS gives no session for those",
                f"put the user's own access key there: awsprof add iam {quoted(self.domain)}",
            )

    def check_device(self) -> None:
        """Refuse a device that can never give a session: AWS would refuse it, too, and the code would be spent.

        Raises:
            CredentialsError: it is a user, a passkey, or nothing that AWS accepts.
        """
        try:
            check_device(self.device, force=True)
        except UsageError as error:
            raise CredentialsError(
                f"the MFA device of {quoted(self.profile)} is {quoted(self.device)}: {error.what}",
                f"{error.next_step}; then: awsprof add mfa {quoted(self.domain)}",
            ) from None


def require_key_id(keys: Keys, domain: str) -> None:
    """Refuse a key id that AWS could not have made: it would be refused after the code was typed.

    Raises:
        CredentialsError: it is none.
    """
    if not is_key_id(keys.key_id):
        raise CredentialsError(
            f"the access key id of {quoted(names.iam(domain))} is not one: it has 16 to 128 letters and digits",
            f"enter it again: awsprof add iam {quoted(domain)} --force",
        )


def iam_keys(known: Profiles, domain: str) -> Keys:
    """The user's own keys of a domain.

    Raises:
        NoSuchProfileError: there are none.
    """
    iam = known.get(names.iam(domain))
    if iam is None or not iam.has_keys:
        raise NoSuchProfileError(f"there are no access keys for {quoted(domain)}", f"awsprof add iam {quoted(domain)}")
    return aws.Keys(iam.get(KEY_ID), iam.get(SECRET))


def ended_by_another_key(known: Profiles, domain: str, key_id: str | None) -> dict[str, Settings]:
    """What to take away from a domain's session where its user's key changes: its end is no longer to be believed."""
    iam, session = known.get(names.iam(domain)), known.get(names.mfa(domain))
    if iam is None or session is None or iam.get(KEY_ID) in ("", key_id):
        return {}
    if not (session.get(EXPIRATION) or session.get(OTHER_EXPIRATION)):
        return {}
    return {session.name: dict.fromkeys((EXPIRATION, EXPIRATION_FOR, OTHER_EXPIRATION))}


class Asked:
    """The region that AWS is asked in, and where it comes from, in words; a warning if nothing names one.

    `guessed`: nothing names even the partition.
    """

    __slots__ = ("guessed", "region", "source", "warning")

    def __init__(self, region: str, source: str, warning: str = "", *, guessed: bool = False) -> None:
        self.guessed = guessed
        self.region = region
        self.source = source
        self.warning = warning


def region(known: Profiles, domain: str, device: str, environ: Mapping[str, str]) -> Asked:
    """Return the region to ask, in the partition of the device.

    A device may have a plain serial number, or be unknown so far: then it names no partition. A region that accounts
    have to enable is taken only from the mfa and iam profile: elsewhere a role may be in it, and the user's keys not.
    """
    partition = model.arn_partition(device) if device.startswith("arn:") else ""
    for number, (name, source) in enumerate(_regions(known, domain, environ)):
        if name and partition in ("", aws.partition_of(name)) and (number < _OWN or not aws.is_opt_in(name)):
            return Asked(name, source)
    fallback = aws.default_region(partition)
    where = f" in partition {partition}" if partition else ""
    warning = f"no region{where} is set for {quoted(domain)}: asking AWS in {fallback}"
    return Asked(fallback, f"the default of partition {partition or 'aws'}", warning, guessed=not partition)


def _regions(known: Profiles, domain: str, environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the regions to think of and where each comes from, the nearest first."""
    mfa = names.mfa(domain)
    for name in (mfa, names.iam(domain)):
        yield (known[name].get("region") if name in known else ""), f"region of {quoted(name)}"
    active = environ.get("AWS_PROFILE", "")
    if active in known and mfa in chains.chain(known, active).links:
        yield known[active].get("region"), f"region of {quoted(active)}"
    for name in sorted(known):
        if names.domain_of(name) == domain:
            yield known[name].get("region"), f"region of {quoted(name)}"
    for variable in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        yield environ.get(variable, ""), variable


def explain(error: AwsprofError, domain: str, asked: Asked | None = None) -> None:
    """Fill in the domain of an error's advice; of a refusal that depends on the region, name the region and a way out.

    Args:
        error: an error of AWS's.
        domain: the domain whose keys or session were refused; empty if there is none.
        asked: the region that AWS was asked in; None if it is not known.
    """
    lines = error.next_step.split("\n") if domain else [it for it in error.next_step.split("\n") if "DOMAIN" not in it]
    error.next_step = "\n".join(lines).replace("DOMAIN", quoted(domain))
    if asked is None or not isinstance(error, (aws.RegionError, aws.UnknownKeyError)):
        return
    error.what += f" (asked in {quoted(asked.region)}, {asked.source})"
    if domain:
        error.next_step = "; ".join(filter(None, [elsewhere(domain, asked), error.next_step]))


def elsewhere(domain: str, asked: Asked, *, before: str = "") -> str:
    """Return how to ask AWS in another region, after some words; empty if the region asked is as good as any."""
    usual = aws.default_region(aws.partition_of(asked.region))
    if asked.guessed:
        set_region = f"awsprof set {quoted(domain)}:{names.IAM} region=REGION"
        return f"{before}if the key is of another partition, name a region of it: {set_region}"
    if usual != asked.region:
        return f"{before}if that region is not enabled: awsprof set {quoted(domain)}:{names.MFA} region={usual}"
    return ""


def only_one(
    environ: Mapping[str, str], domain: str, *, wait: float, waiting: Callable[[], None]
) -> AbstractContextManager[bool]:
    """The lock that makes one process at a time ask for a domain's session. The kernel frees it when that dies."""
    folder = os.path.dirname(os.path.realpath(read.paths(environ)[1]))
    lock.make_folder(folder)
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "_.@+-") else f"%{ord(c):02x}" for c in domain)
    return lock.held(os.path.join(folder, f".awsprof.{plain}.lock"), wait=wait, waiting=waiting)


def check_writable(environ: Mapping[str, str], profile: str) -> None:
    """Try everything that could fail in writing a session, before a code is asked for and spent.

    Raises:
        FileError: it would fail.
    """
    plan.refuse_unwritable(list(read.paths(environ)))
    stand_in = aws.Keys("ASIA" + "X" * 16, "X" * 40, "X" * 1200, 0)
    plan.carry_out([_session_step(environ, profile, stand_in)], trial=True)


def write(environ: Mapping[str, str], profile: str, keys: Keys) -> list[str]:
    """Write a session into the credentials file in one replacement, then take its left-overs out of config.

    A kill between the two is harmless: if both files have a key, credentials win. So the second one is optional.

    Returns:
        Warnings, one line each.

    Raises:
        FileError: the session cannot be written.
    """
    warnings = plan.carry_out([_session_step(environ, profile, keys)])
    try:
        warnings += plan.carry_out(_leftover_steps(environ, profile))
    except FileError as error:
        warnings.append(f"the session is written, but leftover settings of {quoted(profile)} remain: {error.what}")
    return list(dict.fromkeys(warnings))


def _session_step(environ: Mapping[str, str], profile: str, keys: Keys) -> plan.Step:
    session = {
        KEY_ID: keys.key_id,
        SECRET: keys.secret,
        TOKEN: keys.token,
        EXPIRATION: iso(keys.end or 0),
        EXPIRATION_FOR: keys.key_id,
        LEGACY_TOKEN: None,
        OTHER_EXPIRATION: None,
    }
    return plan.Step(read.paths(environ)[1], {profile: session}, config=False)


def _leftover_steps(environ: Mapping[str, str], profile: str) -> list[plan.Step]:
    """What the session makes obsolete in config: an expiry written by AwsCredentialsManager, a token."""
    stale = dict.fromkeys((EXPIRATION, TOKEN, LEGACY_TOKEN, OTHER_EXPIRATION))
    held = model.load(environ).get(profile)
    has_any = held is not None and any(key in held.config for key in stale)
    return [plan.Step(read.paths(environ)[0], {profile: stale}, config=True)] if has_any else []


def refused_waiting(domain: str) -> CredentialsError:
    """The error for a wait that was too long."""
    return CredentialsError(
        f"gave up waiting: another awsprof is prompting for the MFA code of {quoted(domain)}",
        "answer the prompt there, or stop that awsprof",
    )
