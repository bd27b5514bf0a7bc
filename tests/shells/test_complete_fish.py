"""Completion in fish: real Tabs in a terminal, tables of what `complete -C` lists, and the processes that it costs."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from awsprof.shell.table import SHELLS

from .profiles import COMMANDS, CONFIG, CREDENTIALS
from .shells import BIN, CHECKOUT, FISH, TABLE, Home

HOOK = CHECKOUT / SHELLS["fish"].hook
# Each is the only name that begins with its first two letters.
ODD = (
    *("q1 space", "q2'quote", 'q3"quote', "q4$HOME", "q5[a-z]*", "q6\\back\\", "q7`touch made`", "q8$(touch made)"),
    *("q9(touch made)", "r1;touch made", "r2~{a,b}?&|<>", "r3%self", "r4=x", "r5\u2019\u00e9", "r6^!#"),
)
HOSTILE = "$(touch made) (touch made) `touch made` %s 'x \"y\\"
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
# Each is named like something that is completed.
FILES = ("work", "work:d", "w", "use", "list", "eu-west", "home:b", "dev", "-x", "key.csv")

WORK = ["work:dev", "work:hostile", "work:iam", "work:mfa", "work:ops"]
HOME_ = ["home:dev", "home:iam", "home:mfa"]  # home:billing is active
OPTIONS = ["--help", "--version", "--verbose", "--debug", "--no-input"]
USERS = ["home:iam", "home:mfa", "work:iam", "work:mfa"]
LISTS = {
    "awsprof ": COMMANDS,
    "awsprof s": ["status", "show", "set"],
    "awsprof use work:": WORK,
    "awsprof use w": WORK,
    "awsprof use WORK:D": ["work:dev"],
    "awsprof use :de": ["home:dev", "work:dev"],
    "awsprof use home:": HOME_,
    "awsuse home:": HOME_,
    "awsprof show home:b": ["home:billing"],
    "awsprof whoami home:b": ["home:billing"],
    "awsprof use zzz": [],
    "awsprof use work:dev ": [],
    "awsprof use work:dev w": [],
    "awsprof use x y w": [],
    "awsprof nothing w": [],
    "awsprof use -": [*OPTIONS, "--domain", "--region", "--renew", "--no-renew", "--shell"],
    "awsoff -": [*OPTIONS, "--shell"],
    "awsoff ": [],
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
    "awsprof mfa --duration ": [],
    "awsprof domains wo": ["work"],
    "awsprof add ": ["iam", "mfa", "role"],
    "awsprof add mfa pl": [],
    "awsprof add mfa ": ["home", "work"],
    "awsprof rotate ": ["home", "work"],
    "awsprof domains pla": [],
    "awsprof domains ": ["far", "home", "work"],
    "awsprof use --domain pla": [],
    "awsprof adopt --domain wo": [],
    "awsprof rotate --allow-endpoint wo": [],
    "awsprof use --domain work: d": ["dev"],
    "awsmfa far:": ["far:role"],
    "awsmfa fa": ["far:role"],
    "awsprof set work:dev outp": ["output="],
    "awsprof set work:dev s3.addr": ["s3.addressing_style="],
    "awsprof set work:dev output=": [
        f"output={word}" for word in ("json", "yaml", "yaml-stream", "text", "table", "off")
    ],
    "awsprof set work:dev output=json region=me-": ["region=me-central-1", "region=me-south-1"],
    "awsprof set work:dev source_profile=work:i": ["source_profile=work:iam"],
    "awsprof set work:dev cli_pager=w": [],
    "awsprof set work:dev nonsense=w": [],
    "awsprof set work:dev aws_secr": ["aws_secret_access_key"],
    "awsprof set work:dev auth_sch": ["auth_scheme_preference="],
    "awsprof set work:dev output=json output": [],
    "awsprof unset work:dev outp": ["output"],
    "awsprof unset work:dev output sso_reg": ["sso_region", "sso_registration_scopes"],
    "awsprof unset work:dev output output": [],
    "awsprof remove work:ops work:": ["work:dev", "work:hostile", "work:iam", "work:mfa"],
    "awsprof remove work:dev work:d": [],
    "awsprof show work:ops work:d": [],
    "awsuse mf": ["home:mfa"],
    "awsprof show bill": ["home:billing"],
    "awsprof use --renew --no-": ["--no-input"],
    "awsoff --verbose --shell=zsh --": ["--help", "--version", "--debug", "--no-input"],
    "awsprof use --nonsense=w": [],
    "awsprof add role wo": ["work:"],
    "awsprof add role work:x --source ": USERS,
    "awsprof add role work:x --source=work:": ["--source=work:iam", "--source=work:mfa"],
    "awsprof add role work:x --role-arn ": [],
    "awsprof add iam --csv k": ["key.csv"],
    "awsprof add iam --csv=k": ["--csv=key.csv"],
    "awsprof --no-input use work:d": ["work:dev"],
    "awsprof -v add ": ["iam", "mfa", "role"],
    **{f"awsprof use {name[:2]}": [name] for name in ODD},
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    TABLE["fish"].find()
    made = Home(tmp_path_factory.mktemp("fish"))
    made.write(CONFIG, CREDENTIALS)
    made.environ["AWS_PROFILE"] = "home:billing"
    subprocess.run([BIN / "awsprof", "cache"], env=made.environ, check=True)
    for name in FILES:
        (made.work / name).touch()
    return made


def listing(lines: list[str]) -> str:
    """A script that lists what each line can become, with a line of `@` after each."""
    quoted = ("'" + line.replace("\\", "\\\\").replace("'", "\\'") + "'" for line in lines)
    return "\n".join([f"source {HOOK}", *(f"complete -C{line}; echo @" for line in quoted)])


def run(
    home: Home, lines: list[str], *, before: tuple[str, ...] = (), features: tuple[str, ...] = (), **environ: str
) -> list[list[str]]:
    """The rows, each a name, a TAB and a description, that fish lists for each line. Nothing may be printed."""
    done = subprocess.run(
        [*before, *FISH, *features, "-c", listing(lines)],
        env={**home.environ, **environ},
        cwd=home.work,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        text=True,
    )
    assert done.stderr == ""
    assert sorted(os.listdir(home.work)) == sorted(FILES)
    return [block.splitlines() for block in done.stdout.split("@\n")[:-1]]


# What fish 4 does by default: `?` is no wildcard.
FEATURES: dict[str, tuple[str, ...]] = {"defaults": (), "qmark-noglob": ("--features=qmark-noglob",)}


@pytest.fixture(scope="module", params=list(FEATURES.values()), ids=list(FEATURES))
def features(request: pytest.FixtureRequest) -> tuple[str, ...]:
    found: tuple[str, ...] = request.param
    return found


@pytest.fixture(scope="module")
def listed(home: Home, features: tuple[str, ...]) -> dict[str, list[str]]:
    """Run all lines in one fish, because starting one for each takes long."""
    return dict(zip(LISTS, run(home, list(LISTS), features=features), strict=True))


@pytest.mark.parametrize(("line", "names"), LISTS.items(), ids=LISTS)
def test_lists(listed: dict[str, list[str]], line: str, names: list[str]) -> None:
    assert [row.split("\t")[0] for row in listed[line]] == names


@pytest.mark.parametrize(
    ("line", "row"),
    {
        "awsprof o": "off\tTake the switch back: this shell is as it was before it",
        "awsprof use --ren": "--renew\tRenew the session first; if that fails, do not switch",
        "awsprof use work:d": "work:dev\trole 000000000000 ap-southeast-2",
        "awsuse work:m": "work:mfa\tmfa 000000000000",
        "awsprof use work:hos": f"work:hostile\t{HOSTILE}",
    }.items(),
)
def test_descriptions(home: Home, line: str, row: str) -> None:
    assert run(home, [line]) == [[row]]


class Terminal:
    """An interactive fish that real Tabs are sent to; Ctrl-X w writes the line that is being edited to a file."""

    def __init__(self, home: Home, features: tuple[str, ...]) -> None:
        self.home, self.features, self.line = home, features, home.root / "line"
        rc = home.root / "rc.fish"
        rc.write_text(
            "function fish_prompt; echo '> '; end\nfunction dump; commandline >$LINE; printf '\\e]9;dumped\\a'; end\n"
            f"bind \\cxw dump\nset -g fish_autosuggestion_enabled 0\nsource {HOOK}\nprintf 'load''ed\\n'\n"
        )
        self.child = pexpect.spawn(
            *(FISH[0], [*FISH[1:], *features, "-i", "-C", f"source {rc}"]),
            cwd=str(home.work),
            env={**home.environ, "TERM": "xterm", "LINE": str(self.line)},
            dimensions=(60, 160),
            timeout=20,
        )
        self.child.expect_exact("loaded")

    def keys(self, keys: str) -> str:
        """What the command line is after these keys on an empty one."""
        self.child.send("\x15" + keys + "\x18w")
        self.child.expect_exact("\x1b]9;dumped\x07")
        return self.line.read_text().removesuffix("\n")


@pytest.fixture(scope="module")
def terminal(home: Home, features: tuple[str, ...]) -> Iterator[Terminal]:
    opened = Terminal(home, features)
    yield opened
    opened.child.close(force=True)


TABS = {
    "awsprof use work:d": "awsprof use work:dev ",
    "awsprof use w": "awsprof use work:",
    "awsprof use work:": "awsprof use work:",
    "awsprof use 'work:d": "awsprof use 'work:dev' ",
    'awsprof use "work:d': 'awsprof use "work:dev" ',
    "awsprof use work\\:d": "awsprof use work\\:dev ",
    "awsuse work:d": "awsuse work:dev ",
    "awsuse 'q2": "awsuse 'q2\\'quote' ",
    'awsuse "q4': 'awsuse "q4\\$HOME" ',
    "awsuse q1\\ s": "awsuse q1\\ space ",
    "awsuse 'q1 s": "awsuse 'q1 space' ",
    "awsuse zzz": "awsuse zzz",
    "awsuse work:dev w": "awsuse work:dev w",
    "awsmfa wo": "awsmfa work ",
    "awsuse mf": "awsuse home:mfa ",
    "awsuse 'mf": "awsuse home:mfa ",
    "awsprof set work:dev outp": "awsprof set work:dev output=",
    "awsprof set work:dev output=js": "awsprof set work:dev output=json ",
    "awsprof set work:dev region=me-c": "awsprof set work:dev region=me-central-1 ",
    "awsprof set work:dev source_profile=work:i": "awsprof set work:dev source_profile=work:iam ",
    "awsprof unset work:dev outp": "awsprof unset work:dev output ",
    "awsprof remove work:ops work:d": "awsprof remove work:ops work:dev ",
    "awsprof who": "awsprof whoami ",
    "awsprof use --dom": "awsprof use --domain ",
    "awsprof use --domain=wo": "awsprof use --domain=work ",
    "awsprof add role wo": "awsprof add role work:",
    "awsprof add iam --csv k": "awsprof add iam --csv key.csv ",
}


@pytest.mark.parametrize(("typed", "line"), TABS.items(), ids=TABS)
def test_tab(terminal: Terminal, typed: str, line: str) -> None:
    assert terminal.keys(typed + "\t") == line
    assert sorted(os.listdir(terminal.home.work)) == sorted(FILES)


@pytest.mark.parametrize("quote", ["", "'", '"'], ids=["bare", "single", "double"])
@pytest.mark.parametrize("name", ODD)
def test_odd_name(terminal: Terminal, quote: str, name: str) -> None:
    """Typed by its first letters, it becomes words that fish reads as the name."""
    line = terminal.keys(f"awsuse {quote}{name[:2]}\t")
    command = [*FISH, *terminal.features, "-c", f"printf '%s\\n' {line}"]
    printed = subprocess.run(command, env=terminal.home.environ, capture_output=True, text=True)
    assert printed.stdout.splitlines() == ["awsuse", name]


@pytest.fixture
def own(tmp_path: Path) -> Home:
    """A home whose awsprof notes each call."""
    TABLE["fish"].find()
    made = Home(tmp_path)
    made.write(CONFIG, CREDENTIALS)
    made.environ["AWS_PROFILE"] = "home:billing"
    for name in FILES:
        (made.work / name).touch()
    program = tmp_path / "bin/awsprof"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$*" >>{tmp_path}/calls\nexec {BIN}/awsprof "$@"\n')
    program.chmod(0o755)
    made.environ["PATH"] = f"{program.parent}:{made.environ['PATH']}"
    return made


def calls(home: Home) -> list[str]:
    made = home.root / "calls"
    return made.read_text().splitlines() if made.exists() else []


def names_file(home: Home) -> Path:
    return home.path / ".cache/awsprof/1/names"


def spoil(home: Home, how: str) -> None:
    """Make the fresh list of a home what `how` says."""
    names, config = names_file(home), home.path / ".aws/config"
    then = config.stat()
    if how == "missing":
        shutil.rmtree(names.parents[1])
    elif how == "newer file":
        os.utime(config, ns=(then.st_atime_ns, then.st_mtime_ns + 1))
    elif how == "older file":
        os.utime(config, ns=(then.st_atime_ns, then.st_mtime_ns - 1))
    elif how == "file gone":
        (home.path / ".aws/credentials").unlink()
    elif how == "other file":
        shutil.copy(config, home.path / "config")
        home.environ["AWS_CONFIG_FILE"] = str(home.path / "config")
    elif how == "stamps gone":
        shutil.rmtree(names.parent / "at")
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
    *("missing", "newer file", "older file", "file gone", "other file", "stamps gone"),
    *("truncated", "empty", "other version", "random"),
)


@pytest.mark.parametrize("how", SPOILT)
def test_one_call_renews(own: Home, how: str) -> None:
    subprocess.run([BIN / "awsprof", "cache"], env=own.environ, check=True)
    spoil(own, how)
    rows = run(own, ["awsprof use work:d"] * 2)
    assert [[row.split("\t")[0] for row in each] for each in rows] == [["work:dev"]] * 2
    assert calls(own) == ["cache"]


@pytest.mark.parametrize("found", ["stale", "missing"])
def test_without_the_program(own: Home, found: str) -> None:
    subprocess.run([BIN / "awsprof", "cache"], env=own.environ, check=True)
    spoil(own, "newer file" if found == "stale" else "missing")
    path = f"{Path(shutil.which('fish') or '').parent}:/bin"
    if shutil.which("awsprof", path=path):
        pytest.skip("awsprof is beside fish")
    assert len(run(own, ["awsprof use work:d"], PATH=path)[0]) == (found == "stale")


def test_a_list_that_cannot_be_written(own: Home) -> None:
    (own.path / ".cache").write_text("not a folder")
    assert run(own, ["awsprof use work:d"]) == [[]]
    assert calls(own) == ["cache"]


def test_files_that_are_not_there(own: Home) -> None:
    """A list made where there was no AWS file is fresh until there is one."""
    shutil.rmtree(own.path / ".aws")
    assert run(own, ["awsprof use ", "awsprof use "]) == [[], []]
    assert calls(own) == ["cache"]


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_a_fresh_list_costs_no_process(home: Home, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    strace = ("strace", "-f", "-e", "trace=execve,clone,clone3,fork,vfork", "-o", str(trace))
    run(
        home,
        ["awsprof use work:d", "awsuse ", "awsmfa ", "awsprof add role ", "awsprof use --", "awsprof set x o"],
        before=strace,
    )
    # fish starts threads of its own; the one execve is fish itself.
    made = [call for call in trace.read_text().splitlines() if "CLONE_THREAD" not in call and "(" in call]
    assert [call.split("(")[0].split()[-1] for call in made] == ["execve"]
