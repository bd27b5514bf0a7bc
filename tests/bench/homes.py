"""Homes of many profiles, as a person has them: domains of forty roles that stand on one MFA session each."""

import os
import time
from pathlib import Path

from tests.shells.shells import BIN, TABLE

PER_DOMAIN = 40
AN_HOUR = 3600 * 10**9
# Profiles that every home has.
ONE, OTHER = "d0:role1", "d0:role2"


def make(root: Path, profiles: int) -> dict[str, str]:
    """Write the AWS files of a home, changed an hour ago; gives the environment that leads there."""
    (root / ".aws").mkdir(parents=True)
    domains = max(1, profiles // PER_DOMAIN)
    config, credentials = root / ".aws/config", root / ".aws/credentials"
    config.write_text("\n".join(_config(domain, min(PER_DOMAIN, profiles)) for domain in range(domains)))
    credentials.write_text("\n".join(map(_credentials, range(domains))))
    for path in (config, credentials):
        age(path)
    return {
        "HOME": str(root),
        "PATH": os.pathsep.join([str(BIN), os.environ["PATH"]]),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "AWS_EC2_METADATA_DISABLED": "true",
        "TERM": "dumb",
    }


def age(path: Path) -> None:
    """Let a file have changed an hour ago: answers are kept of what has not changed lately."""
    when = time.time_ns() - AN_HOUR
    os.utime(path, ns=(when, when))


def _config(domain: int, profiles: int) -> str:
    lines = [f"[profile d{domain}:mfa]", f"mfa_device_arn = arn:aws:iam::{domain:012}:mfa/you"]
    for role in range(profiles - 2):
        lines += ["", f"[profile d{domain}:role{role}]", f"role_arn = arn:aws:iam::{domain:012}:role/Role{role}"]
        lines += [f"source_profile = d{domain}:mfa", "region = eu-west-1"]
    return "\n".join([*lines, ""])


def _credentials(domain: int) -> str:
    secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    iam = f"[d{domain}:iam]\naws_access_key_id = AKIA{domain:016}\naws_secret_access_key = {secret}\n"
    session = f"aws_session_token = {'t' * 900}\nexpiration = 2099-11-24T03:12:05Z\n"
    key = f"ASIA{domain:016}"
    mfa = f"[d{domain}:mfa]\naws_access_key_id = {key}\naws_secret_access_key = {secret}\n{session}"
    return f"{iam}\n{mfa}awsprof_expiration_for = {key}\n"


def shells() -> list[str]:
    """The shells that are here."""
    from shutil import which

    return [name for name in TABLE if which(name)]
