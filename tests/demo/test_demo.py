"""The demo is what a newcomer sees first: it must run in each shell, show the day as it is, and no secret."""

import io
import re
from pathlib import Path

import pytest

from tests.aws.sts import Answer, CheckingSts
from tests.demo import picture
from tests.demo.__main__ import AWS_CLI, KINDS, play_day
from tests.shells.shells import TABLE

# In this order; what lies between may change.
LINES = [
    "$ awsprof add iam work --csv your.name_accessKeys.csv",
    "wrote work:iam",
    "$ awsprof add mfa work",
    "found the device arn:aws:iam::000000000000:mfa/your.name",
    "wrote work:mfa",
    "$ awsprof add role work:dev --source work:mfa ",
    "wrote work:dev",
    "$ awsprof use work:dev",
    "warning: AWS_ENDPOINT_URL sends the MFA code to http://127.0.0.1:",
    "MFA code for work (hidden; Enter to skip): ",
    "work:mfa  session until ",
    "work:dev  000000000000  ap-southeast-2  session until ",
    "$ aws sts get-caller-identity" if AWS_CLI.exists() else "$ awsprof whoami",
    "arn:aws:sts::000000000000:assumed-role/PowerUsers/",
    "$ awsprof status",
    "session until ",
    "$ awsprof list",
    "work:dev   role   000000000000   ap-southeast-2   work:mfa   until ",
    "$ awsprof off",
    "off  ",
]


@pytest.mark.slow
@pytest.mark.parametrize("shell", KINDS)
def test_the_day(shell: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    TABLE[shell].find()
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    with CheckingSts() as sts:
        user = sts.add_user("your.name")
        out = io.StringIO()
        code = play_day(shell, sts, user, sts.add_role("PowerUsers"), out)
        asked = [(request.action, request.code) for request in sts.requests]
    shown = out.getvalue()
    assert (code, missing(LINES, shown)) == (0, []), shown
    assert asked == [
        (action, "") for action in ("ListMFADevices", "GetSessionToken", "AssumeRole", "GetCallerIdentity")
    ]
    assert user.secret_access_key not in shown
    assert not list(tmp_path.iterdir()), "the temporary home stays behind"


@pytest.mark.slow
@pytest.mark.parametrize("shell", KINDS)
def test_it_ends_with_the_step_that_failed(shell: str) -> None:
    TABLE[shell].find()
    with CheckingSts() as sts:
        sts.script("GetSessionToken", Answer(503, "ServiceUnavailable", "Come back later"))
        out = io.StringIO()
        code = play_day(shell, sts, sts.add_user("your.name"), sts.add_role("PowerUsers"), out)
    assert code == 6, out.getvalue()
    assert missing(["$ awsprof use work:dev", "$ "], out.getvalue()) == ["$ "]


def missing(lines: list[str], text: str) -> list[str]:
    """The lines that the text lacks, or has in another order."""
    at = 0
    for number, line in enumerate(lines):
        at = text.find(line, at)
        if at < 0:
            return lines[number:]
        at += len(line)
    return []


def test_the_picture_is_what_happens() -> None:
    drawn = picture.text_of(picture.PATH.read_text())
    assert "http" not in re.sub(r"http://www\.w3\.org/\S+|https://www\.textualize\.io", "", picture.PATH.read_text())
    day = r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d\d:\d\d"
    assert re.sub(day, "#", drawn) == re.sub(day, "#", picture.text_of(picture.svg(picture.transcript())))
