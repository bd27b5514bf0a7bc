"""The AWS files that the shells switch between: profiles of every origin."""

KEY_ID = "AKIAEXAMPLEEXAMPLE77"
SECRET = "Aa0/+" * 8
END = "2099-01-01T00:00:00Z"
ODD = "it's $(touch here) `touch here` \u2019;touch here; \\"

CONFIG = """\
[default]
region = us-west-2

[profile work:mfa]
mfa_device_arn = arn:aws:iam::000000000000:mfa/your.name

[profile work:dev]
role_arn = arn:aws:iam::000000000000:role/PowerUsers
source_profile = work:mfa
region = ap-southeast-2

[profile work:ops]
role_arn = arn:aws:iam::000000000000:role/Operators
source_profile = work:mfa

[profile home:dev]
role_arn = arn:aws:iam::111111111111:role/Dev
source_profile = home:mfa
region = eu-west-1

[profile home:mfa]
mfa_device_arn = arn:aws:iam::111111111111:mfa/your.name

[profile home:billing]
role_arn = arn:aws:iam::111111111111:role/Billing
source_profile = home:iam
region = us-east-1

[profile corp]
sso_start_url = https://example.awsapps.com/start
sso_region = eu-west-1
sso_account_id = 222222222222
sso_role_name = Reader
region = eu-west-3

[profile vaulted]
credential_process = touch here
"""

CREDENTIALS = f"""\
[work:iam]
aws_access_key_id = {KEY_ID}
aws_secret_access_key = {SECRET}

[work:mfa]
aws_access_key_id = ASIAEXAMPLEEXAMPLE77
aws_secret_access_key = {SECRET}
aws_session_token = token
expiration = {END}

[home:iam]
aws_access_key_id = {KEY_ID}
aws_secret_access_key = {SECRET}

[plain]
aws_access_key_id = {KEY_ID}
aws_secret_access_key = {SECRET}

[{ODD}]
region = eu-north-1
"""

DEV = "work:dev  000000000000  ap-southeast-2  session until Thu 00:00\n"
NO_REGION = "work:ops has no region, and none is set in this shell (awsprof set work:ops region=REGION)\n"
OPS = "work:ops  000000000000  session until Thu 00:00\n" + NO_REGION
BILLING = "home:billing  111111111111  us-east-1\n"
OFF = "off  no AWS profile in this shell\n"


def switched(profile: str = "work:dev", region: str = "ap-southeast-2", **more: str | None) -> dict[str, str | None]:
    """What has changed in an empty environment after a switch to a profile that stands on the session."""
    regions = {"AWS_REGION": region, "AWS_DEFAULT_REGION": region} if region else {}
    return {"AWS_PROFILE": profile, **regions, "AWS_SESSION_EXPIRATION": END, "AWSPROF_SAVED": "|", **more}


def bare(profile: str, region: str, previous: str = "") -> dict[str, str | None]:
    """The same for a profile that stands on no session."""
    before = {"AWSPROF_PREVIOUS": previous} if previous else {}
    found = switched(profile, region, **before)
    del found["AWS_SESSION_EXPIRATION"]
    return found


# What is offered as the first word.
COMMANDS = [
    "use",
    "off",
    "mfa",
    "status",
    "whoami",
    "list",
    "domains",
    "show",
    "init",
    "current",
    "set",
    "unset",
    "rename",
    "remove",
    "rotate",
    "adopt",
    "add",
]
