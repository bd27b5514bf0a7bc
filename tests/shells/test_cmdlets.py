"""The functions of the PowerShell module that awsprof succeeds, in real PowerShell, against the checking STS."""

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from awsprof.shell.table import SHELLS
from tests.aws.account import Role, User
from tests.aws.sts import CheckingSts, write_csv

from .profiles import KEY_ID, SECRET
from .screen import Answering
from .shells import BIN, CHECKOUT, TABLE, Home

HOOK = CHECKOUT / SHELLS["pwsh"].hook
PWSH = ("pwsh", "-NoProfile", "-NonInteractive", "-NoLogo", "-File")
DEVICE = "arn:aws:iam::000000000000:mfa/your.name"
ROLE = "arn:aws:iam::000000000000:role/PowerUsers"
CONFIG = f"""\
[profile work:mfa]
mfa_device_arn = {DEVICE}

[profile work:dev]
role_arn = {ROLE}
source_profile = work:mfa
region = ap-southeast-2
"""
CREDENTIALS = f"""\
[work:iam]
aws_access_key_id = {KEY_ID}
aws_secret_access_key = {SECRET}
"""
# `Secure TEXT` is what a person would have typed at a hidden prompt; errors are printed as a script would handle them.
PRELUDE = """
function Secure([string] $text) {
    $secure = [System.Security.SecureString]::new()
    $text.ToCharArray() | ForEach-Object { $secure.AppendChar($_) }
    $secure
}
"""
ERRORS = '\n$Error | ForEach-Object { [Console]::Error.WriteLine("ERROR $($_.Exception.Message)|$_") }\n'


class Ran(NamedTuple):
    out: str
    errors: list[str]
    """The messages of $Error, the newest first."""
    calls: list[list[str]]
    """The command lines of the program."""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home whose awsprof notes its command lines."""
    TABLE["pwsh"].find()
    made = Home(tmp_path)
    program = tmp_path / "bin/awsprof"
    program.parent.mkdir()
    program.write_text(
        f"#!{BIN}/python -IS\nimport json, os, sys\n"
        f"with open({str(tmp_path / 'calls')!r}, 'a') as file: file.write(json.dumps(sys.argv[1:]) + '\\n')\n"
        f"os.execv({str(BIN / 'awsprof')!r}, ['awsprof', *sys.argv[1:]])\n"
    )
    program.chmod(0o755)
    made.environ["PATH"] = f"{program.parent}:{made.environ['PATH']}"
    return made


@pytest.fixture
def full(home: Home) -> Home:
    """With work:iam, work:mfa and work:dev."""
    home.write(CONFIG, CREDENTIALS)
    return home


@pytest.fixture
def sts(home: Home) -> Iterator[CheckingSts]:
    with CheckingSts() as server:
        home.environ["AWS_ENDPOINT_URL"] = server.url
        yield server


def run(home: Home, *lines: str, prelude: str = "", argv: tuple[str, ...] = PWSH, **environ: str) -> Ran:
    script = home.root / "script.ps1"
    script.write_text("\n".join([prelude, f"Import-Module {HOOK}", PRELUDE, *lines, ERRORS]))
    done = subprocess.run(
        [*argv, script],
        env={**home.environ, **environ},
        cwd=home.work,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    errors = [part.partition("|")[0] for part in done.stderr.split("ERROR ")[1:]]
    noted = home.root / "calls"
    calls = [json.loads(line) for line in noted.read_text().splitlines()] if noted.exists() else []
    return Ran(done.stdout, [error.strip() for error in errors], [call for call in calls if call != ["cache"]])


def files(home: Home) -> tuple[str, str]:
    found = [home.path / ".aws" / name for name in ("config", "credentials")]
    config, credentials = (path.read_text() if path.exists() else "" for path in found)
    return config, credentials


# What the original's own tests ask for, with work:iam, work:mfa and work:dev there.
COMPLETERS = {
    "New-AwsMfaUser": ("Get-AwsDomainsCompleter $null $null '' $null $null", "work"),
    "New-AwsAssumeRole -User": ("Get-AwsProfilesCompleter $null User '' $null $null", "work:iam work:mfa"),
    "New-AwsAssumeRole -Iam": ("Get-AwsProfilesCompleter $null Iam '' $null $null", "work:iam"),
    "New-AwsAssumeRole -Mfa": ("Get-AwsProfilesCompleter $null Mfa '' $null $null", "work:mfa"),
    "Set-AwsProfile -All": ("Get-AwsProfilesCompleter $null All '' $null @{ Domain = 'work' }", "dev iam mfa"),
    "Set-AwsProfile -AssumeRole": ("Get-AwsProfilesCompleter $null AssumeRole '' $null @{ Domain = 'work' }", "dev"),
    "Set-AwsProfile -Iam": ("Get-AwsProfilesCompleter $null Iam '' $null @{ Domain = 'work' }", "iam"),
    "Set-AwsProfile -Mfa": ("Get-AwsProfilesCompleter $null Mfa '' $null @{ Domain = 'work' }", "mfa"),
    "Get-AwsProfiles -Domain": ("Get-AwsDomainsCompleter $null $null 'w' $null $null", "work"),
    "substring": ("Get-AwsProfilesCompleter $null All 'de' $null $null", "work:dev"),
    "substring in a domain": ("Get-AwsProfilesCompleter $null All 'f' $null @{ Domain = 'work' }", "mfa"),
    "no such domain": ("Get-AwsDomainsCompleter $null $null 'x' $null $null", ""),
    "bound, but no domain": ("Get-AwsProfilesCompleter $null Mfa '' $null @{ Region = 'x' }", "work:mfa"),
}
LISTS = {
    "all": ("Get-AwsProfiles", "work:dev work:iam work:mfa"),
    "by type": ("Get-AwsProfiles -Type User", "work:iam work:mfa"),
    "role": ("Get-AwsProfiles -Type AssumeRole -Domain work", "work:dev"),
    "positional": ("Get-AwsProfiles Iam work", "work:iam"),
    "no such domain of profiles": ("Get-AwsProfiles -Domain x", ""),
    "domains": ("Get-AwsDomains", "work"),
    "domains that begin": ("Get-AwsDomains -Search wo", "work"),
    "domains that do not": ("Get-AwsDomains x", ""),
    "strings": ("(Get-AwsProfiles)[0].GetType().Name", "String"),
}


def test_lists(full: Home) -> None:
    """Of both kinds, in one process."""
    table = {**COMPLETERS, **LISTS}
    ran = run(full, *(f"'<' + (({line}) -join ' ') + '>'" for line, _ in table.values()))
    assert dict(zip(table, ran.out.splitlines(), strict=True)) == {name: f"<{out}>" for name, (_, out) in table.items()}
    assert ran.errors == []


def test_parameters(full: Home) -> None:
    """Sets, positions and what is mandatory (!), as scripts know them."""
    script = """
function Shown($one) {
    $one.Name + $(if ($one.IsMandatory) { '!' }) + $(if ($one.Position -ge 0) { "=$($one.Position)" })
}
$common = [System.Management.Automation.PSCmdlet]::CommonParameters
$commands = Get-Command -Module awsprof -Name *-Aws* | Where-Object Name -CNotLike '*Awsprof*'
foreach ($command in $commands | Sort-Object Name) {
    foreach ($set in $command.ParameterSets) {
        $shown = $set.Parameters | Where-Object { $common -notcontains $_.Name } | ForEach-Object { Shown $_ }
        "$($command.Name) $($set.Name): $($shown -join ' ')"
    }
}"""
    assert run(full, script).out.splitlines() == [
        "Get-AwsDomains __AllParameterSets: Search=0",
        "Get-AwsDomainsCompleter __AllParameterSets: ",
        "Get-AwsProfiles __AllParameterSets: Type=0 Domain=1",
        "Get-AwsProfilesCompleter __AllParameterSets: ",
        "New-AwsAssumeRole User: RoleName! RoleArn! Region! User! WhatIf Confirm",
        "New-AwsAssumeRole IamUser: RoleName! RoleArn! Region! Iam! WhatIf Confirm",
        "New-AwsAssumeRole MfaUser: RoleName! RoleArn! Region! Mfa! WhatIf Confirm",
        "New-AwsIamUser KeySecret: Domain! AccessKeyId! SecretAccessKey! WhatIf Confirm",
        "New-AwsIamUser CSV: Domain! PathToCsv! WhatIf Confirm",
        "New-AwsMfaUser __AllParameterSets: Domain!=0 DeviceArn!=1 WhatIf Confirm",
        "Set-AwsProfile All: Domain All! WhatIf Confirm",
        "Set-AwsProfile AssumeRole: Domain AssumeRole! WhatIf Confirm",
        "Set-AwsProfile IamUser: Domain Iam! WhatIf Confirm",
        "Set-AwsProfile MfaUser: Domain Mfa! WhatIf Confirm",
        "Update-AwsMfaCredentials __AllParameterSets: Code=0 Force WhatIf Confirm",
    ]


IAM = f"New-AwsIamUser -Domain work -AccessKeyId (Secure '{KEY_ID}') -SecretAccessKey (Secure '{SECRET}')"
MFA = f"New-AwsMfaUser work {DEVICE}"
ADD_ROLE = f"New-AwsAssumeRole -RoleName dev -RoleArn {ROLE} -Region ap-southeast-2"


@pytest.mark.parametrize("source", ["Mfa", "MfaUser", "User"])
def test_the_set_up_of_a_domain(home: Home, source: str) -> None:
    """The files are those that the original wrote, byte by byte."""
    ran = run(
        home,
        IAM,
        MFA,
        f"{ADD_ROLE} -{source} work:mfa",
        "Set-AwsProfile -Domain work -AssumeRole dev",
        "$env:AWS_PROFILE",
    )
    assert (ran.errors, ran.out.splitlines()[-1]) == ([], "work:dev")
    assert files(home) == (CONFIG, CREDENTIALS)


def test_secrets_stay_out_of_command_lines(home: Home) -> None:
    ran = run(home, IAM)
    assert ran.calls == [["--no-input", "add", "iam", "work", "--stdin"]]
    assert SECRET not in ran.out


@pytest.mark.parametrize("path", ["~/my key.csv", "../home/my key.csv"])
def test_from_a_csv(home: Home, sts: CheckingSts, path: str) -> None:
    user = sts.add_user("your.name")
    write_csv(home.path / "my key.csv", user)
    ran = run(home, f"New-AwsIamUser -Domain work -PathToCsv '{path}'")
    keys = f"[work:iam]\naws_access_key_id = {user.access_key_id}\naws_secret_access_key = {user.secret_access_key}\n"
    assert (ran.errors, files(home)) == ([], ("", keys))


OTHER = SECRET[::-1]
CHANGES = {
    "keys": (IAM.replace(SECRET, OTHER), "work:iam"),
    "device": (f"{MFA}.other", "work:mfa"),
    "role": (f"{ADD_ROLE} -Iam work:iam", "work:dev"),
}


@pytest.mark.parametrize("argv", [PWSH, tuple(word for word in PWSH if word != "-NonInteractive")], ids=["", "stdin"])
@pytest.mark.parametrize(("line", "name"), CHANGES.values(), ids=CHANGES)
def test_an_existing_profile(full: Home, line: str, name: str, argv: tuple[str, ...]) -> None:
    """Nobody can be asked here: an error, and the files as they were; -Confirm:$false does not ask."""
    ran = run(full, line, "'goes on'", argv=argv)
    assert len(ran.errors) == 1
    assert ran.errors[0].splitlines()[0] == f"awsprof: {name} exists already and would change"
    assert ran.out.splitlines()[-1] == "goes on"
    assert files(full) == (CONFIG, CREDENTIALS)
    assert run(full, f"{line} -Confirm:$false").errors == []
    assert files(full) != (CONFIG, CREDENTIALS)


class Terminal:
    """An interactive PowerShell; what is shown between a line and the next prompt."""

    def __init__(self, home: Home) -> None:
        self.child = Answering(
            PWSH[0],
            [*TABLE["pwsh"].prompt[1:]],
            env={**home.environ, "TERM": "dumb"},
            cwd=str(home.work),
            timeout=60,
            encoding="utf-8",
        )
        (home.root / "prelude.ps1").write_text(f"Import-Module {HOOK}\n{PRELUDE}")
        self.child.send(f"function prompt {{ 'rea' + 'dy> ' }}; . {home.root}/prelude.ps1\r")
        self.child.expect_exact("ready> ")

    def ask(self, line: str, question: str, answer: str) -> str:
        self.child.send(f"{line}\r")
        self.child.expect_exact(question)
        asked = str(self.child.before)
        self.child.send(f"{answer}\r")
        self.child.expect_exact("ready> ")
        return asked + str(self.child.before)


@pytest.fixture
def terminal(home: Home) -> Iterator[Terminal]:
    opened = Terminal(home)
    yield opened
    opened.child.close(force=True)


@pytest.mark.parametrize("answer", ["y", "n"])
@pytest.mark.parametrize(("line", "name"), CHANGES.values(), ids=CHANGES)
def test_the_question_at_a_terminal(full: Home, terminal: Terminal, line: str, name: str, answer: str) -> None:
    """It shows the change, secrets masked."""
    shown = terminal.ask(line, f"Change {name}?", answer)
    assert f"{name} exists already" in shown
    # The line itself is echoed.
    assert SECRET not in shown.partition("exists already")[2]
    assert OTHER not in shown.partition("exists already")[2]
    assert (files(full) != (CONFIG, CREDENTIALS)) == (answer == "y")


def test_the_code_is_asked_for_hidden(home: Home, sts: CheckingSts, user: User, terminal: Terminal) -> None:
    code = user.next_code()
    shown = terminal.ask("Update-AwsMfaCredentials", "Code: ", code)
    assert "work:mfa  session until" in shown
    assert code not in shown
    assert sts.count("GetSessionToken") == 1


def test_the_same_again(full: Home) -> None:
    assert run(full, IAM, MFA, f"{ADD_ROLE} -Mfa work:mfa").errors == []
    assert files(full) == (CONFIG, CREDENTIALS)


@pytest.mark.parametrize(
    ("line", "what"),
    {
        IAM: 'awsprof add iam" on target "work:iam"',
        MFA: 'awsprof add mfa" on target "work:mfa"',
        f"{ADD_ROLE} -Mfa work:mfa": 'awsprof add role" on target "work:dev"',
        "Set-AwsProfile -All work:dev": 'awsprof use" on target "work:dev"',
        "Update-AwsMfaCredentials -Code (Secure 123456)": 'awsprof mfa" on target "work:x"',
    }.items(),
)
def test_what_if(home: Home, line: str, what: str) -> None:
    ran = run(home, f"{line} -WhatIf", "$env:AWS_PROFILE", AWS_PROFILE="work:x")
    assert ran.out.splitlines() == [f'What if: Performing the operation "{what}.', "work:x"]
    assert (ran.errors, ran.calls, files(home)) == ([], [], ("", ""))


ERRORS_OF = {
    "no such profile": (
        "Set-AwsProfile -Domain work -All dve",
        "awsprof: no profile work:dve\n  did you mean work:dev",
    ),
    "domain": (f"New-AwsMfaUser 'a b' {DEVICE}", "awsprof: 'a b' cannot be a domain"),
    "device": ("New-AwsMfaUser work x", "awsprof: x is not the ARN of an MFA device"),
    "reserved": (f"{ADD_ROLE.replace('dev', 'mfa')} -Mfa work:mfa", "awsprof: mfa is reserved"),
    "source": (f"{ADD_ROLE} -Mfa home:mfa", "awsprof: no profile home:mfa"),
    "csv": ("New-AwsIamUser -Domain new -PathToCsv none.csv", "none.csv is missing or empty"),
    "key": (IAM.replace(KEY_ID, "x").replace("work", "new"), "awsprof: that is not an access key id"),
    "no profile": ("Update-AwsMfaCredentials", "No profile set. Please run Set-AwsProfile"),
}


@pytest.mark.parametrize(("line", "error"), ERRORS_OF.values(), ids=ERRORS_OF)
def test_errors(full: Home, line: str, error: str) -> None:
    """They do not end a script, unless it asks for that; $? tells."""
    ran = run(full, line, '"$? $env:AWS_PROFILE"', f"try {{ {line} -ErrorAction Stop }} catch {{ 'caught' }}")
    assert ran.out.splitlines() == ["False ", "caught"]
    assert error in ran.errors[-1]
    assert files(full) == (CONFIG, CREDENTIALS)


@pytest.fixture
def user(home: Home, sts: CheckingSts) -> User:
    """An IAM user whose keys and device stand in the files."""
    made = sts.add_user("your.name")
    keys = f"aws_access_key_id = {made.access_key_id}\naws_secret_access_key = {made.secret_access_key}\n"
    home.write(CONFIG, f"[work:iam]\n{keys}")
    home.environ["AWS_PROFILE"] = "work:dev"
    return made


@pytest.fixture
def role(sts: CheckingSts) -> Role:
    return sts.add_role("PowerUsers")


def test_renew(home: Home, sts: CheckingSts, user: User, role: Role) -> None:
    """A session; then none is needed; then -Force gets one all the same. The role can be taken."""
    first, second = user.next_code(), user.next_code()
    ran = run(
        home,
        f"Update-AwsMfaCredentials -Code (Secure '{first}')",
        "'next'; Update-AwsMfaCredentials",
        f"'next'; Update-AwsMfaCredentials (Secure '{second}') -Force",
        "'next'; awsprof whoami --json; $env:AWS_SESSION_EXPIRATION",
        TZ="UTC",
    )
    assert ran.errors == []
    renewed, already, forced, whoami = ran.out.split("next\n")
    assert "work:mfa  session until" in renewed
    end = time.strptime(already, "Session already valid until %m/%d/%Y %H:%M:%S\n")
    assert abs(time.mktime((*end[:8], -1)) - time.mktime((*time.gmtime()[:8], -1)) - 36 * 3600) < 600
    assert "work:mfa  session until" in forced
    assert ":assumed-role/PowerUsers/" in whoami
    assert sts.count("GetSessionToken") == 2
    assert not any(first in word or second in word for call in ran.calls for word in call)


def test_a_wrong_code(home: Home, sts: CheckingSts, user: User) -> None:
    before = files(home)
    ran = run(home, f"Update-AwsMfaCredentials -Code (Secure '{user.wrong_code()}')", '"goes on $?"')
    assert (ran.out, ran.errors[0]) == ("goes on False\n", "Failed to acquire new session token")
    assert files(home) == before
    assert sts.count("GetSessionToken") == 1


CANNOT = {
    "nobody to ask": ("work:dev", "Update-AwsMfaCredentials", "needs an MFA code"),
    "not a code": ("work:dev", "Update-AwsMfaCredentials -Code (Secure abc)", "an MFA code is six digits"),
    "gone": ("work:gone", "Update-AwsMfaCredentials -Code (Secure 123456)", "no profile work:gone"),
}


@pytest.mark.parametrize(("active", "line", "why"), CANNOT.values(), ids=CANNOT)
def test_no_session(home: Home, sts: CheckingSts, user: User, active: str, line: str, why: str) -> None:
    """The original's words, and beneath them the program's own."""
    ran = run(home, line, '"$($Error[0])"', AWS_PROFILE=active)
    assert ran.errors[0] == "Failed to acquire new session token"
    assert why in ran.out
    assert sts.requests == []


def test_a_script_that_stops_at_errors(home: Home, sts: CheckingSts, user: User) -> None:
    """The original's first renewal aborted such a script."""
    home.write("", "")
    ran = run(
        home,
        IAM.replace(KEY_ID, user.access_key_id).replace(SECRET, user.secret_access_key),
        MFA,
        f"{ADD_ROLE} -Mfa work:mfa",
        "Set-AwsProfile -Domain work -AssumeRole dev",
        f"Update-AwsMfaCredentials -Code (Secure '{user.next_code()}')",
        "'end'",
        prelude="Set-StrictMode -Version Latest; $ErrorActionPreference = 'Stop'\n"
        "$PSNativeCommandUseErrorActionPreference = $true",
    )
    assert (ran.errors, ran.out.splitlines()[-1]) == ([], "end")
    assert "aws_session_token" in files(home)[1]


def test_commands_of_others_stay(full: Home) -> None:
    """Two modules that have such commands; one is only on the disk and does not count."""
    for name, body in (
        ("Theirs", "function Set-AwsProfile { 'theirs' }"),
        ("Asleep", "function Get-AwsDomains { 'x' }"),
    ):
        (full.root / "modules" / name).mkdir(parents=True)
        (full.root / "modules" / name / f"{name}.psm1").write_text(body)
    ran = run(
        full,
        "Set-AwsProfile; Get-AwsDomains",
        "Import-Module -Force " + str(HOOK),
        "Set-AwsProfile",
        "Remove-Module awsprof; Set-AwsProfile; [bool](Get-Command New-AwsMfaUser -ErrorAction Ignore)",
        prelude="Import-Module Theirs",
        PSModulePath=str(full.root / "modules"),
        NO_COLOR="1",
    )
    warning = "WARNING: awsprof: loaded already, left as they are: Set-AwsProfile"
    assert ran.out.splitlines() == [warning, "theirs", "work", warning, "theirs", "theirs", "False"]
    assert ran.errors == []
