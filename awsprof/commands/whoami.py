"""`awsprof whoami`: who AWS says this shell is. It asks AWS, and runs what the profile says, as AWS tools do."""

from __future__ import annotations

from awsprof import lookup
from awsprof.editing import How, Words, commit, settings_steps
from awsprof.errors import AwsprofError, CredentialsError
from awsprof.profiles import chains, checks, expiry, model, names
from awsprof.profiles.model import USER
from awsprof.profiles.validate import is_session_name
from awsprof.report import foreign_session
from awsprof.sessions import renewal
from awsprof.shell import environment
from awsprof.text.display import joined, quoted, safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from awsprof.context import Context
    from awsprof.profiles.model import Profiles

# How botocore says that it found the keys elsewhere than in a profile, and what led it there.
_ELSEWHERE = {
    "env": environment.SECRETS,
    "assume-role-with-web-identity": ("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN"),
    "container-role": ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"),
}
_OTHER_KEYS = (_ELSEWHERE["assume-role-with-web-identity"], _ELSEWHERE["container-role"])


def run(ctx: Context, word: str = "", *, as_json: bool = False) -> None:
    """Print account, ARN and user id from STS: of a profile, or of whatever AWS tools in this shell resolve.

    Raises:
        NoSuchProfileError: the word, or the profile of this shell, names none.
        CredentialsError: there are no usable keys, or AWS refused them.
        AwsError: AWS or the network did not answer as it should.
    """
    known = model.load(ctx.environ)
    name = lookup.profile(ctx, known, word) if word else ""
    try:
        identity = _identity(ctx, known, name)
    except AwsprofError as error:
        error.next_step = _named(ctx, known, name, error.next_step)
        raise
    if as_json:
        import json  # only --json pays for it

        ctx.out(json.dumps({key: identity[key] for key in ("account", "arn", "user_id")}, indent=2))
    else:
        for label, key in (("account", "account"), ("arn", "arn"), ("user id", "user_id")):
            ctx.out(f"{label:<9}{safe(identity[key])}")
    if not name:
        ctx.say(*_winner(ctx, identity["method"]))
    elif names.kind_by_name(name) == names.IAM:
        _keep_user(ctx, known, name, identity["arn"])
    ctx.say(*(f"{what} ({fix})" for what, fix in foreign_session(ctx, known, name or ctx.active)))


def _named(ctx: Context, known: Profiles, name: str, step: str) -> str:
    """Return a step with the profile and the domain that it is about in the place of PROFILE and DOMAIN."""
    name = name or ctx.environ.get("AWS_DEFAULT_PROFILE") or ctx.active or "default"
    if name not in known:
        return step
    last = chains.chain(known, name).links[-1]
    step = step.replace("show PROFILE", f"show {quoted(name)}").replace("set PROFILE", f"set {quoted(name)}")
    step = step.replace("--profile PROFILE", f"--profile {quoted(name)}")
    return step.replace("DOMAIN", quoted(names.domain_of(last))) if names.kind_by_name(last) else step


def _identity(ctx: Context, known: Profiles, name: str) -> dict[str, str]:
    from awsprof import aws  # a wrong name needs no boto3

    # boto3 reads AWS_DEFAULT_PROFILE before AWS_PROFILE, and keys of the environment before either.
    standing = name or ctx.environ.get("AWS_DEFAULT_PROFILE") or ctx.active
    if standing and standing not in known:
        raise lookup.not_found(ctx, known, standing)
    if name or not ctx.environ.get("AWS_ACCESS_KEY_ID"):
        _refuse_to_prompt(ctx, known, standing)
    sends = "the MFA code" if chains.asking_again(known, standing) else "the requests"
    asked = _asked(ctx, known, standing)
    try:
        gate = aws.Gate(ctx.environ, ctx.say, sends)
        return aws.caller_identity(name, gate, region=asked.region if asked else "")
    except CredentialsError as error:
        led = [] if name else _keys_of_environment(ctx)
        if led:
            raise CredentialsError(
                f"{error.what}; the keys came from {joined(led)}",
                f"set new values, or remove them: {_removes(ctx, known)}",
            ) from None
        raise _explained(ctx, known, standing, error, asked) from None


def _explained(
    ctx: Context, known: Profiles, name: str, error: CredentialsError, asked: renewal.Asked | None
) -> CredentialsError:
    """Return the refusal with the step that fits the profile: its session, its region, or where its keys come from."""
    from awsprof import aws

    session = expiry.session(known, name, ctx.now())
    mfa = session.profile if session and names.kind_by_name(session.profile) == names.MFA else ""
    domain = quoted(names.domain_of(mfa or name))
    if mfa and session and session.state != expiry.VALID:
        return CredentialsError(error.what, f"renew the session: awsprof mfa {domain}")
    if mfa and isinstance(error, aws.UnknownKeyError):
        error.what = f"AWS does not accept the session of {quoted(mfa)}"
        error.next_step = f"if it is some seconds old, try again; otherwise renew it: awsprof mfa {domain} --force"
    renewal.explain(error, names.domain_of(mfa or name), asked)
    if name in known and error.next_step in ("", aws.ANY_STEP):
        error.next_step = checks.next_step(known, name)
    return error


def _keys_of_environment(ctx: Context) -> list[str]:
    """Return the variables whose keys AWS tools use instead of the profile's."""
    keys = [name for name in environment.SECRETS if ctx.environ.get(name)]
    if ctx.environ.get("AWS_ACCESS_KEY_ID"):
        return keys
    return [] if ctx.active else [name for names_ in _OTHER_KEYS for name in names_ if ctx.environ.get(name)]


def _removes(ctx: Context, known: Profiles) -> str:
    return f"awsprof use {quoted(ctx.active) if ctx.active in known else 'PROFILE'}"


def _asked(ctx: Context, known: Profiles, name: str) -> renewal.Asked | None:
    """Return the region to ask in: botocore's, or by the rule of `mfa` if it has none; None if neither names one."""
    if ctx.environ.get("AWS_DEFAULT_REGION"):
        return renewal.Asked(ctx.environ["AWS_DEFAULT_REGION"], "AWS_DEFAULT_REGION")
    if name not in known:
        return None
    if known[name].get("region"):
        return renewal.Asked(known[name].get("region"), f"region of {quoted(name)}")
    domain = names.domain_of(name)
    arn = known[name].get("role_arn") or model.device_of(known, domain)
    if not arn and not names.kind_by_name(name):
        return None
    asked = renewal.region(known, domain, arn, ctx.environ)
    ctx.say(asked.warning)
    return asked


def _keep_user(ctx: Context, known: Profiles, name: str, arn: str) -> None:
    """Keep the user's name as AWS says it, for the session names of roles. Failing to write it is not an error."""
    user = arn.rpartition("/")[2] if ":user/" in arn else ""
    if not is_session_name(user):
        return
    words = Words(
        question="", without_terminal="", done=f"kept {USER} = {user} in {quoted(name)}, for add role and adopt"
    )
    try:
        commit(ctx, settings_steps(ctx, known, name, config={USER: user}), How(force=True), words)
    except AwsprofError as error:
        ctx.detail(f"{USER} = {user} is not kept: {error.what}")


def _refuse_to_prompt(ctx: Context, known: Profiles, name: str) -> None:
    """Without this botocore would ask at the terminal for the code of such a role, wherever stdin comes from."""
    asking = chains.asking_again(known, name)
    if asking and ctx.person is None:
        raise CredentialsError(
            f"{quoted(asking[0])} asks for an MFA code of its own", "use a terminal, or remove its mfa_serial"
        )
    for role in asking:
        session = known[role].get("role_session_name")
        if session and not is_session_name(session):
            raise CredentialsError(
                f"role_session_name of {quoted(role)} has 2 to 64 of letters, digits and _ + = , . @ -",
                f"change it: awsprof set {quoted(role)} role_session_name=NAME",
            )


def _winner(ctx: Context, method: str) -> list[str]:
    """Which variable wins, where it is not the active profile's."""
    instead = f", not AWS_PROFILE={quoted(ctx.active)}" if ctx.active else ""
    led = [name for name in _ELSEWHERE.get(method, ()) if ctx.environ.get(name)]
    if led:
        return [f"this comes from {joined(led)} of this environment{instead}: awsprof use PROFILE removes that"]
    if method in ("iam-role", "container-role"):
        return [f"this is this machine's own role{instead}"]
    other = ctx.environ.get("AWS_DEFAULT_PROFILE", "")
    if other and other != ctx.active:
        return [f"AWS_DEFAULT_PROFILE={quoted(other)} wins over AWS_PROFILE in boto3 and the AWS CLI v1"]
    return []
