"""What the tests of the verbs that change profiles share: a call with answers, and the files it began with."""

from collections.abc import Callable

from awsprof.context import Context
from tests.aws.desk import Answer, Script
from tests.conftest import Home

ARN = "arn:aws:iam::123456789012"
DEVICE = f"{ARN}:mfa/you"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
KEY_ID = "AKIAIOSFODNN7EXAMPLE"
KEYS = f"aws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n"
SESSION = f"aws_access_key_id = ASIAIOSFODNN7EXAMPLE\naws_secret_access_key = {SECRET}\naws_session_token = t\n"
ENDED = "expiration = 2026-11-24T03:12:05Z\nawsprof_expiration_for = ASIAIOSFODNN7EXAMPLE\n"
IAM = f"[work:iam]\n{KEYS}"
MFA = f"[work:mfa]\n{SESSION}{ENDED}"
DEVICES = f"[profile work:mfa]\nmfa_device_arn = {DEVICE}\n"
DEV = f"[profile work:dev]\nrole_arn = {ARN}:role/Dev\nsource_profile = work:mfa\nregion = eu-west-1\n"


def call(
    home: Home, run: Callable[[Context], None], *answers: Answer, env: dict[str, str] | None = None, hook: bool = True
) -> Script | None:
    """Run a verb, at a terminal where there are answers; gives the person, who was asked for all of them."""
    person = Script(*answers) if answers else None

    def running(ctx: Context) -> None:
        ctx.person = person
        run(ctx)

    (home.call if hook else home.call_without_hook)(running, **(env or {}))
    assert person is None or person.answers == []
    return person


def files(home: Home) -> tuple[str, str]:
    """Config and credentials as they stand."""
    return tuple(path.read_text() if path.exists() else "" for path in (home.config, home.credentials))  # type: ignore[return-value] # two of them
