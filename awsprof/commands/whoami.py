"""`awsprof whoami`: who AWS says this shell is. It asks AWS, and runs what the profile says, as AWS tools do."""

from __future__ import annotations

from awsprof import environment, names, profiles
from awsprof.text import joined, quoted, safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from awsprof.context import Context


def run(ctx: Context, word: str = "", *, as_json: bool = False) -> None:
    """Print account, ARN and user id from STS: of a profile, or of whatever AWS tools in this shell resolve.

    Raises:
        NoSuchProfileError: the word, or the active profile, names none.
        CredentialsError: there are no usable keys, or AWS refused them.
        AwsError: AWS or the network did not answer as it should.
    """
    known = profiles.load(ctx.environ)
    name = names.resolve(word, known, active=ctx.active) if word else ""
    if not name and ctx.active and ctx.active not in known:
        raise names.not_found(ctx.active, known)
    from awsprof import aws  # nothing above needs boto3

    identity = aws.caller_identity(name, may_ask=ctx.person is not None)
    if as_json:
        import json  # only --json pays for it

        ctx.out(json.dumps({key: identity[key] for key in ("account", "arn", "user_id")}, indent=2))
    else:
        for label, key in (("account", "account"), ("arn", "arn"), ("user id", "user_id")):
            ctx.out(f"{label:<9}{safe(identity[key])}")
    if not name:
        ctx.say(*_winner(ctx, identity["method"]))


def _winner(ctx: Context, method: str) -> list[str]:
    """Which variable wins, where it is not the active profile's."""
    if method == "env":
        keys = [name for name in environment.SECRETS if ctx.environ.get(name)]
        instead = f" over AWS_PROFILE={quoted(ctx.active)}" if ctx.active else ""
        return [f"{joined(keys)} of this environment win{instead}: awsprof use PROFILE removes them"]
    other = ctx.environ.get("AWS_DEFAULT_PROFILE", "")
    if other and other != ctx.active:
        return [f"AWS_DEFAULT_PROFILE={quoted(other)} wins over AWS_PROFILE in boto3 and the AWS CLI v1"]
    return []
