"""`awsprof add`: write a user's keys, an MFA device or a role into the AWS files."""

from __future__ import annotations

from awsprof import aws, keyfile, lookup, names, profiles, sessions
from awsprof.changes import How, Words, commit, settings_steps, writable
from awsprof.errors import AwsError, CredentialsError, NoSuchProfileError, UsageError
from awsprof.forms import (
    REGIONS,
    check_device_arn,
    check_external_id,
    check_key_id,
    check_region,
    check_role_arn,
    check_seconds,
    check_secret,
    check_session_name,
)
from awsprof.profiles import DEVICE_ARN, KEY_ID, LEGACY_TOKEN, MFA_SERIAL, SECRET, TOKEN
from awsprof.text import quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

    from awsprof.context import Context
    from awsprof.files.plan import Step
    from awsprof.profiles import Profiles

_NO_REGION = "none"


def iam(
    ctx: Context, domain: str, how: How, *, csv: str = "", user: str = "", stdin: TextIO | None = None, region: str = ""
) -> None:
    """Write a user's access key into `[DOMAIN:iam]` of the credentials file.

    Args:
        ctx: the surroundings.
        domain: the domain; it may be new.
        how: whether to ask, and whether to write.
        csv: the path of a file as the AWS console exports it.
        user: which row of it.
        stdin: where to read key id and secret from, as two lines.
        region: the region of the profile, written into config.

    Raises:
        AwsprofError: as the docs say; the files are as they were.
    """
    domain = names.check_domain(domain)
    settings = {"region": check_region(region)} if region else {}
    known = writable(ctx)
    key_id, secret = _access_key(ctx, csv, user, stdin)
    name = f"{domain}:{names.IAM}"
    keys = {KEY_ID: check_key_id(key_id), SECRET: check_secret(secret), TOKEN: None, LEGACY_TOKEN: None}
    ended = sessions.ended_by_another_key(known, domain, keys[KEY_ID])
    steps = settings_steps(ctx, known, name, credentials=keys, config=settings, also=ended)
    there = known.get(name)
    # A run that was cut short between the two files is completed without a question.
    wanted = {key: value or "" for key, value in (keys | settings).items()}
    alters = there is not None and any(there.get(key) not in ("", value) for key, value in wanted.items())
    if _commit(ctx, steps, name, how, exists=alters) and ended:
        ctx.say(f"the session of {quoted(domain)} was made with the old key; renew it: awsprof mfa {quoted(domain)}")
    if csv and not how.dry_run:
        ctx.say(f"{quoted(csv)} still holds the secret: delete it, or keep it where your secrets are")


def _access_key(ctx: Context, csv: str, user: str, stdin: TextIO | None) -> tuple[str, str]:
    if csv and stdin is not None:
        raise UsageError("--csv and --stdin name two sources of one key", "give one of them")
    if csv:
        return keyfile.from_csv(csv, user)
    if user:
        raise UsageError("--user names a row of a CSV file", "add --csv FILE")
    if stdin is not None:
        return keyfile.from_lines(stdin)
    if ctx.person is None:
        raise UsageError("there is no terminal to ask at for the access key", "use --csv FILE, or --stdin")
    key_id = check_key_id(ctx.person.line("access key id: "))
    return key_id, ctx.person.secret("secret access key (hidden): ")


def mfa(ctx: Context, domain: str, how: How, *, device_arn: str = "") -> None:
    """Write the user's MFA device into `[profile DOMAIN:mfa]` of the config file.

    Raises:
        NoSuchProfileError: the domain has no access keys yet.
        AwsprofError: as the docs say; the files are as they were.
    """
    domain = names.check_domain(domain)
    device = check_device_arn(device_arn) if device_arn else ""
    known = writable(ctx)
    keys = sessions.iam_keys(known, domain)
    device = device or _device(ctx, known, domain, keys)
    name = f"{domain}:{names.MFA}"
    # mfa_serial says the same in other tools' words, and would be read where mfa_device_arn is gone.
    serial = {MFA_SERIAL: device} if name in known and known[name].get(MFA_SERIAL) else {}
    steps = settings_steps(ctx, known, name, config={DEVICE_ARN: device, **serial})
    _commit(ctx, steps, name, how, exists=bool(known.get(name) and profiles.device_of(known, domain)))


def _device(ctx: Context, known: Profiles, domain: str, keys: aws.Keys) -> str:
    """The device that AWS knows of this user, else the one that the person types."""
    region, _ = sessions.region(known, domain, "", ctx.environ)
    try:
        found = aws.mfa_devices(keys, profile=f"{domain}:{names.IAM}", region=region)
        why = "AWS knows no MFA device of this user that gives sessions"
    except (CredentialsError, AwsError) as error:
        found, why = [], error.what
    if len(found) == 1:
        ctx.say(f"found the device {quoted(found[0])}")
        return found[0]
    if ctx.person is None:
        raise UsageError(f"which MFA device? {', '.join(map(quoted, found)) or why}", "add --device-arn ARN")
    if found:
        return ctx.person.choose("which device?", found)
    ctx.say(why)
    return check_device_arn(ctx.person.line("ARN of the MFA device: "))


class Role:
    """What a role is given beside its ARN and source; empty where it is not given."""

    __slots__ = ("arn", "external_id", "region", "seconds", "session_name", "source")

    def __init__(
        self,
        arn: str = "",
        *,
        source: str = "",
        region: str = "",
        external_id: str = "",
        session_name: str = "",
        seconds: int | None = None,
    ) -> None:
        self.arn = check_role_arn(arn) if arn else ""
        self.source = source
        self.region = check_region(region) if region else ""
        self.external_id = check_external_id(external_id) if external_id else ""
        self.session_name = check_session_name(session_name) if session_name else ""
        self.seconds = None if seconds is None else check_seconds(seconds, 900, 12 * 3600, "between 15m and 12h")

    def settings(self) -> dict[str, str | None]:
        """The settings of the config file, in the order of the original module."""
        given = {
            "role_arn": self.arn,
            "source_profile": self.source,
            "region": self.region,
            "external_id": self.external_id,
            "role_session_name": self.session_name,
            "duration_seconds": str(self.seconds or ""),
        }
        return {key: value for key, value in given.items() if value}


def role(ctx: Context, word: str, given: Role, how: How) -> None:
    """Write a role into `[profile DOMAIN:NAME]` of the config file. A bare name takes the domain of its source.

    Raises:
        NoSuchProfileError: the source is missing.
        AwsprofError: as the docs say; the files are as they were.
    """
    known = writable(ctx)
    given.source = _named_source(ctx, known, word, given.source)
    name = _role_name(word, given.source)
    given.source = given.source or _usual_source(known, names.domain_of(name))
    _ask_for_the_rest(ctx, given, known.get(name))
    settings = given.settings()
    # These would contradict source_profile, or make the AWS tools ask for a code again.
    contrary = ["credential_source", "web_identity_token_file"]
    contrary += [MFA_SERIAL] if names.kind_by_name(given.source) == names.MFA else []
    steps = settings_steps(ctx, known, name, config={**settings, **dict.fromkeys(contrary)})
    exists = name in known
    _check_chain(known, name, settings)
    _commit(ctx, steps, name, how, exists=exists)


def _check_chain(known: Profiles, name: str, settings: dict[str, str | None]) -> None:
    """Refuse a role that no AWS tool could use: one that stands on itself, near or far."""
    profile = known.setdefault(name, profiles.Profile(name))
    profile.config.update({key: value for key, value in settings.items() if value})
    broken = profiles.chain(known, name).broken
    if broken:
        raise UsageError(f"AWS tools could not use {quoted(name)}: {broken}", "choose another --source")


def _role_name(word: str, source: str) -> str:
    domain, bare = names.split(word)
    if ":" not in word:
        if ":" not in source:
            raise UsageError(f"{quoted(word)} has no domain", f"write it as DOMAIN:{word}, or name --source DOMAIN:mfa")
        domain, bare = names.domain_of(source), word
    names.check_domain(domain)
    return f"{domain}:{names.check_role_name(bare)}"


def _named_source(ctx: Context, known: Profiles, role: str, source: str) -> str:
    """Return the profile of `--source`, if it was given; a bare name is first looked for in the role's domain."""
    beside = f"{names.domain_of(role)}:{source}"
    if source and source not in known and ":" in role and beside in known:
        return beside
    return source and lookup.profile(ctx, known, source)


def _usual_source(known: Profiles, domain: str) -> str:
    for kind in (names.MFA, names.IAM):
        if f"{domain}:{kind}" in known:
            return f"{domain}:{kind}"
    raise NoSuchProfileError(f"{quoted(domain)} has no profile to stand on", f"awsprof add iam {quoted(domain)}")


def _ask_for_the_rest(ctx: Context, given: Role, existing: profiles.Profile | None) -> None:
    if ctx.person is None and not given.arn:
        raise UsageError("which role?", "add --role-arn ARN")
    if ctx.person is None:
        return
    given.arn = given.arn or check_role_arn(ctx.person.line("ARN of the role: "))
    if not given.region and existing is None:
        chosen = ctx.person.choose("region? (Enter for none)", [_NO_REGION, *REGIONS], first=_NO_REGION)
        given.region = "" if chosen == _NO_REGION else chosen


def _commit(ctx: Context, steps: list[Step], name: str, how: How, *, exists: bool) -> bool:
    words = Words(
        nothing=f"{quoted(name)} is like that already; nothing was changed",
        question=f"change {quoted(name)}?",
        done=f"wrote {quoted(name)}",
        without_terminal=f"{quoted(name)} exists already and would change",
        flag="--force",
    )
    return commit(ctx, steps, how, words, ask=exists)
