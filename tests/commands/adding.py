"""Values that the tests of `awsprof add` share, and the sections that come of them."""

import io

from tests.aws.desk import Script, Talk

ID, OTHER = "AKIAIOSFODNN7EXAMPLE", "AKIAI44QH8DHBEXAMPLE"
SECRET, NEWER = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKE+"
KEYS = f"aws_access_key_id = {ID}\naws_secret_access_key = {SECRET}\n"
IAM = f"[work:iam]\n{KEYS}"
DEVICE = "arn:aws:iam::000000000000:mfa/your.name"
ROLE = "arn:aws:iam::000000000000:role/PowerUsers"
HEAD = "Access key ID,Secret access key\r\n"
ROW = f"{ID},{SECRET}\r\n"


def device_section(arn: str) -> str:
    return f"[profile work:mfa]\nmfa_device_arn = {arn}\n"


BASE = device_section(DEVICE)


def role_section(name: str, source: str, region: str = "", more: str = "") -> str:
    region = f"region = {region}\n" if region else ""
    return f"[profile {name}]\nrole_arn = {ROLE}\nsource_profile = {source}\n{region}{more}"


def asked_again(ctx: Talk) -> str:
    """What the person at the terminal was told of wrong answers."""
    assert isinstance(ctx.person, Script)
    assert isinstance(ctx.person.stream, io.StringIO)
    return ctx.person.stream.getvalue()
