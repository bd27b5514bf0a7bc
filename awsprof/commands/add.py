"""`awsprof add`: write a user's keys, an MFA device or a role into the AWS files."""

from __future__ import annotations

from functools import partial

from awsprof import aws, lookup
from awsprof.editing import How, Words, commit, duration_refused, settings_steps, writable
from awsprof.errors import AwsError, CredentialsError, NoSuchProfileError, UsageError
from awsprof.profiles import chains, keyfile, model, names, sources
from awsprof.profiles.model import DEVICE_ARN, KEY_ID, LEGACY_TOKEN, MFA_SERIAL, SECRET, TOKEN, USER
from awsprof.profiles.validate import (
    REGIONS,
    check_device,
    check_external_id,
    check_key_id,
    check_region,
    check_role_arn,
    check_role_duration,
    check_secret,
    check_session_name,
    is_session_name,
)
from awsprof.sessions import renewal
from awsprof.text.display import joined, quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

    from awsprof.context import Context
    from awsprof.files.plan import Step
    from awsprof.profiles.model import Profiles

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
    region = check_region(region, force=how.unchecked) if region else ""
    known = writable(ctx)
    name = names.iam(domain)
    there = known.get(name) or model.Profile(name)
    key_id, secret, user = _access_key(ctx, csv, user, stdin, force=how.unchecked)
    keys = {KEY_ID: key_id, SECRET: secret, TOKEN: None, LEGACY_TOKEN: None}
    settings: dict[str, str | None] = {"region": region} if region else {}
    if user or there.get(KEY_ID) != key_id:  # another key may be another user's
        settings[USER] = user or None
    ended = renewal.ended_by_another_key(known, domain, key_id)
    steps = settings_steps(ctx, known, name, credentials=keys, config=settings, also=ended, optional=(USER,))
    if _commit(ctx, steps, name, how, alters=_alters(there, keys | settings)):
        _tell_what_follows(ctx, known, domain, user, ended=bool(ended))
    if csv and not how.dry_run:
        ctx.say(f"{quoted(csv)} still holds the secret: delete it, or keep it where your secrets are")


def _alters(there: model.Profile, wanted: dict[str, str | None]) -> bool:
    """Whether a value changes or goes; without that, a run that was cut short is completed without a question."""
    return any(there.get(key) not in ("", value or "") for key, value in wanted.items())


def _tell_what_follows(ctx: Context, known: Profiles, domain: str, user: str, *, ended: bool) -> None:
    if ended:
        ctx.say(f"the session of {quoted(domain)} was made with the old key; renew it: awsprof mfa {quoted(domain)}")
    before = known[names.iam(domain)].get(USER) if names.iam(domain) in known else ""
    stale = [name for name in sorted(known) if before and known[name].get("role_session_name") == before != user]
    stale = [name for name in stale if sources.user_behind(known, name) == before]
    if stale:
        ctx.say(
            f"{joined(map(quoted, stale))} still has role_session_name = {before}, the name of the user before",
            f"change it: awsprof set {quoted(stale[0])} role_session_name=NAME",
        )


def _access_key(ctx: Context, csv: str, user: str, stdin: TextIO | None, *, force: bool) -> tuple[str, str, str]:
    """Key id, secret and, if the file says it, the user's name."""
    if csv and stdin is not None:
        raise UsageError("--csv and --stdin name two sources of one key", "give one of them")
    if user and not csv:
        raise UsageError("--user names a row of a CSV file", "add --csv FILE")
    if csv or stdin is not None:
        key_id, secret, owner = keyfile.from_csv(csv, user) if stdin is None else (*keyfile.from_lines(stdin), "")
        owner = owner if is_session_name(owner) else ""  # otherwise STS would refuse it
        return check_key_id(key_id, force=force), check_secret(secret, force=force), owner
    person = ctx.person
    if person is None:
        raise UsageError("there is no terminal to ask at for the access key", "use --csv FILE, or --stdin")
    key_id = person.until_right(person.line, "access key id: ", partial(check_key_id, force=force))
    secret = person.until_right(person.secret, "secret access key (hidden): ", partial(check_secret, force=force))
    return key_id, secret, ""


def mfa(ctx: Context, domain: str, how: How, *, device_arn: str = "") -> None:
    """Write the user's MFA device into `[profile DOMAIN:mfa]` of the config file, and what AWS says of the user.

    Raises:
        NoSuchProfileError: the domain has no access keys yet.
        AwsprofError: as the docs say; the files are unchanged.
    """
    domain = names.check_domain(domain)
    device, user = check_device(device_arn, force=how.unchecked) if device_arn else "", ""
    known = writable(ctx)
    keys = renewal.iam_keys(known, domain)
    if not device:
        device, user = _device(ctx, known, domain, keys, force=how.unchecked)
    iam, name = known[names.iam(domain)], names.mfa(domain)
    there = known.get(name) or model.Profile(name)
    # mfa_serial says the same in other tools' words, and would be read if mfa_device_arn were gone.
    serial = {MFA_SERIAL: device} if there.get(MFA_SERIAL) else {}
    owner: dict[str, str | None] = {USER: user} if is_session_name(user) else {}
    beside = {iam.name: owner} if owner else {}
    steps = settings_steps(ctx, known, name, config={DEVICE_ARN: device, **serial}, beside=beside)
    alters = _alters(iam, owner) or model.device_of(known, domain) not in ("", device)
    _commit(ctx, steps, name, how, alters=alters)


def _device(ctx: Context, known: Profiles, domain: str, keys: aws.Keys, *, force: bool) -> tuple[str, str]:
    """The device that AWS knows of this user, with the user's name; otherwise the one that the person types."""
    asked = renewal.region(known, domain, "", ctx.environ)
    gate = aws.Gate(ctx.environ, ctx.say, "the request for MFA devices")
    try:
        found = aws.mfa_devices(keys, profile=names.iam(domain), region=asked.region, gate=gate)
        why = "AWS knows no MFA device of this user that gives sessions"
    except (CredentialsError, AwsError) as error:
        if ctx.person is None and not isinstance(error, aws.DeniedError):
            renewal.explain(error, domain, asked)
            error.next_step += "; or add --device-arn ARN"
            raise
        found, why = {}, error.what
    if len(found) == 1:
        ctx.say(f"found the device {quoted(next(iter(found)))}")
        return next(iter(found.items()))
    person = ctx.person
    if person is None:
        raise UsageError(f"which MFA device? {', '.join(map(quoted, found)) or why}", "add --device-arn ARN")
    if found:
        chosen = person.choose("which device?", list(found))
        return chosen, found[chosen]
    ctx.say(why)
    return person.until_right(person.line, "ARN of the MFA device: ", partial(check_device, force=force)), ""


class Role:
    """What a role is given beside its ARN and source; empty if it is not given. `unchecked` as in How."""

    __slots__ = ("anonymous", "arn", "external_id", "region", "seconds", "session_name", "source")

    def __init__(
        self,
        arn: str = "",
        *,
        source: str = "",
        region: str = "",
        external_id: str = "",
        session_name: str = "",
        anonymous: bool = False,
        seconds: int | None = None,
        unchecked: bool = False,
    ) -> None:
        if session_name and anonymous:
            raise UsageError("--session-name and --no-session-name contradict each other", "give one of them")
        self.arn = check_role_arn(arn, force=unchecked) if arn else ""
        self.source = source
        self.region = check_region(region, force=unchecked) if region else ""
        self.external_id = check_external_id(external_id) if external_id else ""
        self.session_name = check_session_name(session_name) if session_name else ""
        self.anonymous = anonymous
        self.seconds = None if seconds is None else check_role_duration(str(seconds))

    def settings(self) -> dict[str, str | None]:
        """The settings of the config file, in the order of the original module."""
        given = {
            "role_arn": self.arn,
            "source_profile": self.source,
            "region": self.region,
            "external_id": self.external_id,
            "role_session_name": self.session_name,
            "duration_seconds": self.seconds or "",
        }
        return {key: value for key, value in given.items() if value}


def role(ctx: Context, word: str, given: Role, how: How) -> None:
    """Write a role into `[profile DOMAIN:NAME]` of the config file. A bare name takes the domain of its source.

    Raises:
        NoSuchProfileError: the source is missing.
        AwsprofError: as the docs say; the files are unchanged.
    """
    known = writable(ctx)
    given.source = _named_source(ctx, known, word, given.source)
    name = _role_name(word, given.source)
    there = known.get(name) or model.Profile(name)
    given.source = given.source or _usual_source(known, names.domain_of(name))
    _ask_for_the_rest(ctx, given, known.get(name), force=how.unchecked)
    if not (given.session_name or given.anonymous or there.get("role_session_name")):
        given.session_name = sources.user_behind(known, given.source)
    # These would contradict source_profile, or make the AWS tools ask for a code again.
    contrary = ["credential_source", "web_identity_token_file"]
    contrary += [MFA_SERIAL] if names.kind_by_name(given.source) == names.MFA else []
    contrary += ["role_session_name"] if given.anonymous else []
    settings = {**dict.fromkeys(contrary), **given.settings()}
    _check_usable(model.changed(known, name, settings), name, force=how.unchecked)
    _commit(ctx, settings_steps(ctx, known, name, config=settings), name, how, alters=name in known)


def _check_usable(after: Profiles, name: str, *, force: bool) -> None:
    """Refuse a role that no AWS tool could use: one that depends on itself, or asks for more time than AWS gives."""
    broken = chains.chain(after, name).broken
    if broken:
        raise UsageError(f"AWS tools could not use {quoted(name)}: {broken}", "choose another --source")
    source = sources.refused_duration(after, name)
    if source and not force:
        raise duration_refused(source)


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
    raise NoSuchProfileError(
        f"{quoted(domain)} has no iam or mfa profile to use as the source", f"awsprof add iam {quoted(domain)}"
    )


def _ask_for_the_rest(ctx: Context, given: Role, existing: model.Profile | None, *, force: bool) -> None:
    person = ctx.person
    if person is None and not given.arn:
        raise UsageError("which role?", "add --role-arn ARN")
    if person is None:
        return
    given.arn = given.arn or person.until_right(person.line, "ARN of the role: ", partial(check_role_arn, force=force))
    if not given.region and existing is None:
        chosen = person.choose("region? (Enter for none)", [_NO_REGION, *REGIONS], first=_NO_REGION)
        given.region = "" if chosen == _NO_REGION else chosen


def _commit(ctx: Context, steps: list[Step], name: str, how: How, *, alters: bool) -> bool:
    words = Words(
        nothing=f"nothing to change: {quoted(name)} already has these values",
        question=f"change {quoted(name)}?",
        done=f"wrote {quoted(name)}",
        without_terminal=f"{quoted(name)} exists already and would change",
    )
    return commit(ctx, steps, how, words, ask=alters)
