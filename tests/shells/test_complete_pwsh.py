"""Completion in PowerShell: what TabExpansion2 makes of a line, all lines of a table in one process."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from awsprof.shell.table import SHELLS

from .profiles import COMMANDS, CONFIG, CREDENTIALS
from .shells import BIN, CHECKOUT, TABLE, Home

HOOK = CHECKOUT / SHELLS["pwsh"].hook
PWSH = ("pwsh", "-NoProfile", "-NonInteractive", "-NoLogo", "-File")
# Each is the only name that holds its first two letters.
ODD = (
    *("q1 space", "q2'quote", 'q3"quote', "q4$HOME", "q5[a-z]*", "q6\\back\\", "q7`touch made`", "q8$(touch made)"),
    *("q9(touch made)", "r1;touch made", "r2~{a,b}?&|<>", "r3%self", "r4=x", "r5\u2018\u2019\u201c\u00e9", "r6,@#"),
)
HOSTILE = "$(touch made) `touch made` %s 'x \"y"
CONFIG = f"""{CONFIG}
[profile work:hostile]
region = {HOSTILE}

[profile far:role]
role_arn = arn:aws:iam::000000000000:role/Far
source_profile = work:mfa

[profile far:key]
region = eu-west-1
"""
CREDENTIALS += "".join(f"[{name}]\nregion = eu-west-1\n" for name in ODD)
CREDENTIALS += "[@at]\nregion = eu-west-1\n[007]\nregion = eu-west-1\n"
# Each is named like something that is completed.
FILES = ("work", "work:d", "w", "use", "list", "eu-west", "home:b", "dev", "-x", "key.csv", "my key.csv")

WORK = ["work:dev", "work:hostile", "work:iam", "work:mfa", "work:ops"]
HOME_ = ["home:dev", "home:iam", "home:mfa"]  # home:billing is active
OPTIONS = ["--help", "--version", "--verbose", "--debug", "--no-input"]
USE = [*OPTIONS, "--domain", "--region", "--renew", "--no-renew", "--shell"]
USERS = ["home:iam", "home:mfa", "work:iam", "work:mfa"]
# Where nothing is offered PowerShell offers files: so the word is offered as it stands, or a space.
LISTS = {
    "awsprof ": COMMANDS,
    "awsprof s": ["status", "show", "set"],
    "awsprof use work:d": ["work:dev"],
    "awsprof use work:": WORK,
    "awsprof use w": [*WORK],
    "awsprof use 'work:d": ["work:dev"],
    'awsprof use "work:d': ["work:dev"],
    "awsprof use 'work:d'": ["work:dev"],
    "awsprof use WORK:D": ["work:dev"],
    "awsprof use dev": ["home:dev"],
    "awsprof use ops": ["work:ops"],
    "awsprof use ev": ["home:dev", "work:dev"],
    "awsprof use 'mf": ["home:mfa"],
    "awsprof show bill": ["home:billing"],
    "awsprof use :de": ["home:dev", "work:dev"],
    "awsprof use home:": HOME_,
    "awsuse home:": HOME_,
    "awsuse w": WORK,
    "$x = awsprof use work:o": ["work:ops"],
    "1; awsuse work:o": ["work:ops"],
    "awsprof show home:b": ["home:billing"],
    "awsprof use 0": ["'007'"],
    "awsprof use at": ["'@at'"],
    "awsprof use zzz": ["zzz"],
    "awsprof use 'zzz": ["'zzz"],
    "awsprof use [": ["'q5[a-z]*'"],
    "awsprof use work:dev ": USE,
    "awsprof use work:dev w": ["w"],
    "awsprof nothing w": ["w"],
    "awsprof use --": USE,
    "awsprof use --ren": ["--renew"],
    "awsprof use --zz": ["--zz"],
    "awsoff --": [*OPTIONS, "--shell"],
    "awsoff ": [*OPTIONS, "--shell"],
    "awsprof use --domain work ": ["dev", "hostile", "iam", "mfa", "ops"],
    "awsprof use --domain=work d": ["dev"],
    "awsuse --renew --domain work --region eu-west-1 d": ["dev"],
    "awsprof use --domain wo": ["work"],
    "awsprof list --domain=wo": ["--domain=work"],
    "awsprof list --kind ": ["all", "iam", "mfa", "user", "role", "sso", "login", "process", "keys"],
    "awsprof use --region eu-north": ["eu-north-1"],
    "awsprof use --region=eu-west-": ["--region=eu-west-1", "--region=eu-west-2", "--region=eu-west-3"],
    "awsprof use work:dev --region eu-north": ["eu-north-1"],
    "awsprof use --shell ": ["bash", "zsh", "fish", "pwsh", "sh"],
    "awsprof init ": ["bash", "zsh", "fish", "pwsh"],
    "awsprof mfa ": ["home", "work"],
    "awsmfa h": ["home"],
    "awsmfa work:d": ["work:dev"],
    "awsprof mfa --duration ": [" "],
    "awsprof mfa --duration w": ["w"],
    "awsprof domains wo": ["work"],
    "awsprof add ": ["iam", "mfa", "role"],
    "awsprof add mfa pl": ["pl"],
    "awsprof add mfa ": ["home", "work"],
    "awsprof rotate ": ["home", "work"],
    "awsprof domains pla": ["pla"],
    "awsprof domains ": ["far", "home", "work"],
    "awsprof use --domain pla": ["pla"],
    "awsprof adopt --domain wo": ["wo"],
    "awsprof rotate --allow-endpoint wo": ["wo"],
    "awsprof use --domain work: d": ["dev"],
    "awsmfa far:": ["far:role"],
    "awsmfa fa": ["far:role"],
    "awsprof set work:dev outp": ["output="],
    "awsprof set work:dev s3.addr": ["s3.addressing_style="],
    "awsprof set work:dev output=": [
        f"output={word}" for word in ("json", "yaml", "yaml-stream", "text", "table", "off")
    ],
    "awsprof set work:dev s3.addressing_style=p": ["s3.addressing_style=path"],
    "awsprof set work:dev output=json region=me-": ["region=me-central-1", "region=me-south-1"],
    "awsprof set work:dev source_profile=work:i": ["source_profile=work:iam"],
    "awsprof set work:dev source_profile=q1": ["'source_profile=q1 space'"],
    "awsprof set work:dev cli_pager=w": ["cli_pager=w"],
    "awsprof set work:dev nonsense=w": ["nonsense=w"],
    "awsprof set work:dev aws_secr": ["aws_secret_access_key"],
    "awsprof set work:dev auth_sch": ["auth_scheme_preference="],
    "awsprof set work:dev output=json outp": ["outp"],
    "awsprof unset work:dev outp": ["output"],
    "awsprof unset work:dev output sso_reg": ["sso_region", "sso_registration_scopes"],
    "awsprof unset work:dev output outp": ["outp"],
    "awsprof remove work:ops work:": ["work:dev", "work:hostile", "work:iam", "work:mfa"],
    "awsprof remove work:dev work:d": ["work:d"],
    "awsprof show work:ops work:d": ["work:d"],
    "awsprof use --renew --no-": ["--no-input"],
    "awsoff --verbose --shell=zsh --": ["--help", "--version", "--debug", "--no-input"],
    "awsprof use --nonsense=w": ["--nonsense=w"],
    "awsprof add role wo": ["work:"],
    "awsprof add role work:x --source ": USERS,
    "awsprof add role work:x --source=work:": ["--source=work:iam", "--source=work:mfa"],
    "awsprof add iam --csv k": ["./key.csv"],
    "awsprof add iam --csv m": ["'./my key.csv'"],
    "awsprof add iam --csv=m": ["'--csv=./my key.csv'"],
    "awsprof --no-input use work:d": ["work:dev"],
    "Set-AwsProfile -Domain w": ["work"],
    "Set-AwsProfile -Domain work -All d": ["dev"],
    "Set-AwsProfile -Domain work -AssumeRole ": ["dev", "hostile", "ops"],
    "Set-AwsProfile -All work:": WORK,
    "Set-AwsProfile -All 'work:d": ["work:dev"],
    "Set-AwsProfile -Iam ": ["home:iam", "work:iam"],
    "Set-AwsProfile -Mfa ": ["home:mfa", "work:mfa"],
    "New-AwsMfaUser wo": ["work"],
    "New-AwsMfaUser -Domain wo": ["work"],
    "New-AwsAssumeRole -User ": USERS,
    "New-AwsAssumeRole -IamUser ": ["home:iam", "work:iam"],
    "New-AwsAssumeRole -MfaUser w": ["work:mfa"],
    "Get-AwsProfiles -Domain wo": ["work"],
    "Get-AwsProfiles -Type A": ["All", "AssumeRole"],
    "Get-AwsProfiles A": ["All", "AssumeRole"],
}
STRICT = """
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    TABLE["pwsh"].find()
    made = Home(tmp_path_factory.mktemp("pwsh"))
    prepare(made)
    subprocess.run([BIN / "awsprof", "cache"], env=made.environ, check=True)
    return made


def prepare(home: Home) -> None:
    home.write(CONFIG, CREDENTIALS)
    home.environ["AWS_PROFILE"] = "home:billing"
    for name in FILES:
        (home.work / name).touch()


def run(
    home: Home, lines: Sequence[str], *, before: tuple[str, ...] = (), **environ: str
) -> list[list[tuple[str, str]]]:
    """The texts and tooltips of each line. Nothing else may be printed, set or made."""
    quoted = ", ".join("'" + line.replace("'", "''").replace("\u2019", "\u2019\u2019") + "'" for line in lines)
    script = home.root / "script.ps1"
    script.write_text(
        f"""{STRICT}
Import-Module {HOOK}
$global:LASTEXITCODE = 42
foreach ($line in {quoted}) {{
    foreach ($match in (TabExpansion2 -inputScript $line -cursorColumn $line.Length).CompletionMatches) {{
        "$($match.CompletionText)`t$($match.ToolTip)"
    }}
    '@'
}}
"errors $($Error.Count), status $LASTEXITCODE"
"""
    )
    done = subprocess.run(
        [*before, *PWSH, script],
        env={**home.environ, **environ},
        cwd=home.work,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    assert sorted(os.listdir(home.work)) == sorted(FILES)
    *blocks, last = done.stdout.split("@\n")
    assert last == "errors 0, status 42\n"
    return [[(row.split("\t")[0], row.split("\t")[1]) for row in block.splitlines()] for block in blocks]


def texts(rows: list[tuple[str, str]]) -> list[str]:
    return [text for text, _ in rows]


@pytest.fixture(scope="module")
def listed(home: Home) -> dict[str, list[str]]:
    return dict(zip(LISTS, map(texts, run(home, list(LISTS))), strict=True))


@pytest.mark.parametrize(("line", "names"), LISTS.items(), ids=LISTS)
def test_lists(listed: dict[str, list[str]], line: str, names: list[str]) -> None:
    assert listed[line] == names


TIPS = {
    "awsprof o": ("off", "Take the switch back: this shell is as it was before it"),
    "awsprof use --ren": ("--renew", "Renew the session first; if that fails, do not switch"),
    "awsprof use work:d": ("work:dev", "role 000000000000 ap-southeast-2"),
    "awsprof use work:hos": ("work:hostile", HOSTILE),
    "awsprof domains wo": ("work", "work"),
}


def test_tooltips(home: Home) -> None:
    assert run(home, list(TIPS)) == [[tip] for tip in TIPS.values()]


def test_odd_names(home: Home) -> None:
    """Typed by its first letters, each becomes a word that PowerShell reads as the name, in each kind of quotes."""
    names = [name for name in ODD for _ in range(3)]
    offered = run(home, [f"awsuse {quote}{name[:2]}" for name in ODD for quote in ("", "'", '"')])
    script = home.root / "words.ps1"
    script.write_text("".join(f"Write-Output {text}\n" for text, *rest in map(texts, offered) if not rest))
    done = subprocess.run([*PWSH, script], env=home.environ, cwd=home.work, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == names
    assert sorted(os.listdir(home.work)) == sorted(FILES)


def test_in_the_middle_of_a_line(home: Home) -> None:
    script = home.root / "script.ps1"
    script.write_text(
        f"""{STRICT}
Import-Module {HOOK}
$line = 'awsprof use work:d --renew; ls'
$found = TabExpansion2 -inputScript $line -cursorColumn 18
$at = $found.ReplacementIndex
$line.Remove($at, $found.ReplacementLength).Insert($at, $found.CompletionMatches[0].CompletionText)
"""
    )
    done = subprocess.run([*PWSH, script], env=home.environ, cwd=home.work, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("awsprof use work:dev --renew; ls\n", "")


def test_a_removed_module_completes_nothing(home: Home) -> None:
    script = home.root / "script.ps1"
    script.write_text(
        f"""{STRICT}
Import-Module {HOOK}
Remove-Module awsprof
(TabExpansion2 'awsprof use work:' 17).CompletionMatches | ForEach-Object {{ $_.CompletionText }}
"""
    )
    done = subprocess.run([*PWSH, script], env=home.environ, cwd=home.work, capture_output=True, text=True, check=True)
    assert "work:dev" not in done.stdout.split()


@pytest.fixture
def own(tmp_path: Path) -> Home:
    """A home whose awsprof notes each call."""
    TABLE["pwsh"].find()
    made = Home(tmp_path)
    prepare(made)
    program = tmp_path / "bin/awsprof"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\necho "$*" >>{tmp_path}/calls\necho noise; echo noise >&2\nexec {BIN}/awsprof "$@"\n'
    )
    program.chmod(0o755)
    made.environ["PATH"] = f"{program.parent}:{made.environ['PATH']}"
    return made


def calls(home: Home) -> list[str]:
    made = home.root / "calls"
    return made.read_text().splitlines() if made.exists() else []


def spoil(home: Home, how: str) -> None:
    """Make the fresh list of a home what `how` says."""
    names, config = home.path / ".cache/awsprof/1/names", home.path / ".aws/config"
    then = config.stat()
    if how == "missing":
        shutil.rmtree(names.parents[1])
    elif how == "newer file":
        os.utime(config, ns=(then.st_atime_ns, then.st_mtime_ns + 100))  # .NET sees no less
    elif how == "older file":
        os.utime(config, ns=(then.st_atime_ns, then.st_mtime_ns - 100))
    elif how == "file gone":
        (home.path / ".aws/credentials").unlink()
    elif how == "other file":
        shutil.copy(config, home.path / "config")
        home.environ["AWS_CONFIG_FILE"] = str(home.path / "config")
    else:
        text = names.read_text()
        spoilt = {
            "truncated": text[:-2],
            "empty": "",
            "other version": text.replace("\t1\t", "\t2\t", 1),
            "random": "\ufffd\0" * 99 + "\n",
        }
        names.write_text(spoilt[how])


SPOILT = (
    *("missing", "newer file", "older file", "file gone", "other file"),
    *("truncated", "empty", "other version", "random"),
)


@pytest.mark.parametrize("how", SPOILT)
def test_one_call_renews(own: Home, how: str) -> None:
    subprocess.run([BIN / "awsprof", "cache"], env=own.environ, check=True)
    spoil(own, how)
    assert list(map(texts, run(own, ["awsprof use work:d"] * 2))) == [["work:dev"]] * 2
    assert calls(own) == ["cache"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_list_of_another_user_is_not_offered(own: Home) -> None:
    subprocess.run([BIN / "awsprof", "cache"], env=own.environ, check=True)
    names = own.path / ".cache/awsprof/1/names"
    names.write_text(names.read_text().replace("work:dev", "work:dxv"))
    assert texts(run(own, ["awsprof use work:dx"])[0]) == ["work:dxv"]
    os.chown(names.parent, 65534, 65534)
    assert texts(run(own, ["awsprof use work:dx"])[0]) == ["work:dx"], "if nothing fits, the typed word is offered"


def test_a_link_is_followed(own: Home) -> None:
    """Many keep their files elsewhere: the time that counts is that of the file, through any number of links."""
    aws = own.path / ".aws"
    aws.rename(own.root / "elsewhere")
    aws.mkdir()
    (own.path / "config").symlink_to(own.root / "elsewhere/config")
    (aws / "config").symlink_to("../config")
    (aws / "credentials").symlink_to(own.root / "elsewhere/credentials")
    assert list(map(texts, run(own, ["awsprof use work:d"] * 2))) == [["work:dev"]] * 2
    assert calls(own) == ["cache"]


@pytest.mark.parametrize("found", ["stale", "missing"])
def test_without_the_program(own: Home, tmp_path: Path, found: str) -> None:
    subprocess.run([BIN / "awsprof", "cache"], env=own.environ, check=True)
    spoil(own, "newer file" if found == "stale" else "missing")
    (tmp_path / "only").mkdir()
    (tmp_path / "only/pwsh").symlink_to(shutil.which("pwsh") or "")
    offered = texts(run(own, ["awsprof use work:d"], PATH=str(tmp_path / "only"))[0])
    assert offered == ["work:dev" if found == "stale" else "work:d"]


def test_a_list_that_cannot_be_written(own: Home) -> None:
    (own.path / ".cache").mkdir()
    (own.path / ".cache/awsprof").write_text("not a folder")
    assert list(map(texts, run(own, ["awsprof use work:d"]))) == [["work:d"]]
    assert calls(own) == ["cache"]


def test_files_that_are_not_there(own: Home) -> None:
    """A list made where there was no AWS file is fresh until there is one."""
    shutil.rmtree(own.path / ".aws")
    assert list(map(texts, run(own, ["awsprof use w"] * 2))) == [["w"]] * 2
    assert calls(own) == ["cache"]


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_a_fresh_list_costs_no_process(home: Home, tmp_path: Path) -> None:
    """Of the forks, .NET's threads cannot be told apart; a program that is run, can."""
    trace = tmp_path / "trace"
    run(
        home,
        ["awsprof use work:d", "awsuse ", "awsmfa ", "awsprof add role ", "awsprof set x o", "Set-AwsProfile -All "],
        before=("strace", "-f", "-e", "trace=execve", "-o", str(trace)),
    )
    assert sum("execve(" in call and "= 0" in call for call in trace.read_text().splitlines()) == 1
