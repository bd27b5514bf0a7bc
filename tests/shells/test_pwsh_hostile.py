"""Another user, or a cloned repository, at what PowerShell evaluates: none of it runs, and each switch is right."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from awsprof.shell.table import SHELLS

from .profiles import CONFIG, CREDENTIALS
from .shells import CHECKOUT, TABLE, Home, Ran
from .test_channel import stand_in

ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as two other users")
USER, OTHER = 12345, 54321
PYTHON = shutil.which("python3", path="/usr/bin:/bin") or sys.executable  # one that every user can run
PROGRAM = f"""\
#!{PYTHON}
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, {str(CHECKOUT.parent)!r})
open({{log!r}}, "a").write(" ".join(sys.argv[1:]) + "\\n")
from awsprof.__main__ import main
sys.exit(main())
"""
# The attacker replaces whatever appears in a folder, as fast as it can, by what it would like to be evaluated.
ATTACK = """
import os, sys
folder = sys.argv[1]
print("ready", flush=True)
while True:
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        try:
            if os.stat(path).st_uid == os.getuid():
                continue
            os.unlink(path)
            with open(path, "w") as file:
                file.write("$null = New-Item here; $true\\n")
            os.chmod(path, 0o666)
        except OSError:
            pass
"""
# What must not run: it leaves a file where the shell is. It says that it replayed, so the program is not called.
EVIL = "$null = [System.IO.File]::Create('here'); $true"


class Person:
    """An ordinary user with a home, in a folder that other users can enter."""

    def __init__(self, root: Path) -> None:
        TABLE["pwsh"].find()
        self.home = Home(root)
        self.home.write(CONFIG, CREDENTIALS)
        self.log = root / "calls"
        self.log.touch()
        program = root / "bin/awsprof"
        program.parent.mkdir()
        program.write_text(PROGRAM.format(log=str(self.log)))
        program.chmod(0o755)
        self.home.environ["PATH"] = f"{program.parent}:/usr/local/bin:/usr/bin:/bin"
        # A cache in which nothing can be kept.
        (root / "full").mkdir()
        (root / "full/awsprof").touch()
        for path in (root, *root.rglob("*")):
            os.chown(path, USER, USER)
        root.chmod(0o755)
        if subprocess.run([*as_(USER), program, "--version"], capture_output=True, check=False).returncode:
            pytest.skip("another user cannot read this checkout")
        self.log.write_text("")

    def folder(self, name: str, owner: int, mode: int) -> Path:
        made = self.home.root / name
        made.mkdir(exist_ok=True)
        os.chown(made, owner, owner)
        made.chmod(mode)
        return made

    def run(self, *lines: str, environ: Mapping[str, str | None], load: str = "", user: int = USER) -> Ran:
        """A script of these lines, as `Home.run` runs it, by a user."""
        pwsh = TABLE["pwsh"]
        probe = pwsh.probe(self.home.notes).replace(sys.executable, PYTHON)
        watched = [probe, *(line for each in (load or pwsh.load(), *lines) for line in (each, probe))]
        return self.home.script(pwsh, watched, argv=[*as_(user), *pwsh.argv], environ=environ)

    @property
    def calls(self) -> list[str]:
        made = self.log.read_text().splitlines()
        self.log.write_text("")
        return made

    @property
    def evil_ran(self) -> bool:
        return (self.home.work / "here").exists()


def as_(user: int) -> list[str]:
    return ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"]


@pytest.fixture
def person() -> Iterator[Person]:
    """In a folder of its own: pytest's are root's alone."""
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="awsprof-test-") as root:
        yield Person(Path(root))


@pytest.fixture
def attacker() -> Iterator[list["subprocess.Popen[str]"]]:
    started: list[subprocess.Popen[str]] = []
    yield started
    for process in started:
        process.kill()
        process.wait()


def attack(attacker: list["subprocess.Popen[str]"], folder: Path) -> None:
    command = [*as_(OTHER), PYTHON, "-c", ATTACK, str(folder)]
    attacker.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
    assert attacker[-1].stdout
    assert attacker[-1].stdout.readline() == "ready\n"


# Whose folder it is, and its mode.
FOLDERS = {
    "another user's": (OTHER, 0o777),
    "another user's, sticky": (OTHER, 0o1777),
    "the user's, open to all": (USER, 0o777),
    "the user's, sticky": (USER, 0o1777),
    "root's, open to all": (0, 0o777),
    "root's, sticky": (0, 0o1777),
}


@ROOT_ONLY
@pytest.mark.parametrize("variable", ["XDG_RUNTIME_DIR", "TMPDIR"])
@pytest.mark.parametrize(("owner", "mode"), FOLDERS.values(), ids=FOLDERS)
def test_an_attacker_in_a_folder(
    person: Person, attacker: list["subprocess.Popen[str]"], variable: str, owner: int, mode: int
) -> None:
    folder = person.folder("shared", owner, mode)
    attack(attacker, folder)
    aws = person.home.path / ".aws"
    environ = {
        variable: str(folder),
        "HOME": f"{person.folder('empty', USER, 0o755)}",
        "AWS_CONFIG_FILE": f"{aws}/config",
        "AWS_SHARED_CREDENTIALS_FILE": f"{aws}/credentials",
        # Each line is asked of the program.
        "XDG_CACHE_HOME": f"{person.home.root}/full",
    }
    seen = person.run(*["awsuse work:dev", "awsoff"] * 3, environ=environ).seen
    assert not person.evil_ran
    assert [step.status for step in seen] == [0] * 8, [step.err for step in seen]
    assert [step.environ.get(b"AWS_PROFILE") for step in seen[2:]] == [b"work:dev", None] * 3


PLACES: dict[str, dict[str, str]] = {
    "the runtime folder": {"XDG_RUNTIME_DIR": "{root}/run", "TMPDIR": "{root}/tmp"},
    "the temporary folder": {"XDG_CACHE_HOME": "{root}/full", "TMPDIR": "{root}/tmp"},
    "/tmp": {"XDG_CACHE_HOME": "{root}/full", "TMPDIR": "{root}/other"},
}


@ROOT_ONLY
@pytest.mark.parametrize("umask", ["000", "002", "022", "077", "777"])
@pytest.mark.parametrize("place", PLACES)
def test_the_file_is_the_users_alone(person: Person, umask: str, place: str) -> None:
    person.folder("run", USER, 0o700)
    person.folder("other", OTHER, 0o1777)
    environ = {name: value.format(root=person.home.root) for name, value in PLACES[place].items()}
    noted = person.home.root / "called"
    stand = stand_in_for(
        person, f"open({str(noted)!r}, 'w').write(f'{{stat.S_IMODE(found.st_mode):o}} {{found.st_uid}}')"
    )
    pwsh = TABLE["pwsh"]
    argv = ["sh", "-c", f'umask {umask}; exec "$@"', "sh", *as_(USER), *pwsh.argv]
    ran = person.home.script(pwsh, [pwsh.load(), "awsuse x"], argv=argv, environ={**environ, **stand})
    assert (ran.err, noted.read_text() if noted.exists() else "") == ("", f"600 {USER}")


def stand_in_for(person: Person, code: str) -> dict[str, str]:
    """A program that finds in `path` the file it was given, and in `found` what that is."""
    shutil.rmtree(person.home.root / "bin")
    first = (
        f"#!{PYTHON} -IS\nimport os, stat, sys\npath = os.environ['AWSPROF_OUT']\nfound = os.lstat(path)\nos.umask(0)\n"
    )
    path = stand_in(person.home, "")
    program = person.home.root / "bin/awsprof"
    program.write_text(first + code)
    os.chown(person.home.root, USER, USER)
    (person.home.root / "called").touch()
    os.chown(person.home.root / "called", USER, USER)
    return path


TAMPERED = {
    "replaced": "os.unlink(path); open(path, 'w').write(evil)",
    "replaced by a link": "os.unlink(path); open('evil', 'w').write(evil); os.symlink('evil', path)",
    "replaced by a folder": "os.unlink(path); os.mkdir(path)",
    "replaced by a folder with files": "os.unlink(path); os.mkdir(path); open(path + '/x', 'w')",
    "removed": "os.unlink(path)",
    "open to all": "open(path, 'w').write(evil); os.chmod(path, 0o666)",
    "open to the group": "open(path, 'w').write(evil); os.chmod(path, 0o660)",
}


@ROOT_ONLY
@pytest.mark.parametrize("how", TAMPERED)
def test_a_file_that_was_tampered_with(person: Person, how: str) -> None:
    """One message, status 7, and no error in its wake."""
    stand = stand_in_for(person, f"evil = {EVIL!r}\n{TAMPERED[how]}")
    seen = person.run("awsuse x; $Error.Count", environ=stand).seen[-1]
    assert (seen.status, seen.out) == (7, "1\n")
    assert seen.err == "awsprof: the file of the change was tampered with; nothing was changed\n"
    assert not person.evil_ran


def test_what_the_file_test_sees(home: Home) -> None:
    """The same file, left in its place, is evaluated."""
    TABLE["pwsh"].find()
    path = stand_in(home, f"import os\nopen(os.environ['AWSPROF_OUT'], 'w').write({EVIL!r})\n")
    assert home.run(TABLE["pwsh"], ["awsuse x"], environ=path).seen[-1].status == 0
    assert (home.work / "here").exists()


def plant(person: Person, cache: Path, line: str = "use work:dev", code: str = EVIL) -> dict[str, Path]:
    """A forged answer, with all folders the user's own and private."""
    names = {
        "base": cache,
        "awsprof": cache / "awsprof",
        "version": cache / "awsprof/1",
        "shell": cache / "awsprof/1/pwsh",
    }
    for folder in names.values():
        folder.mkdir(exist_ok=True)
        os.chown(folder, USER, USER)
        folder.chmod(0o700)
    answer = names["shell"] / line.replace(":", ",")
    answer.write_text(f"{line}\t{code}\t.\n")
    os.chown(answer, USER, USER)
    answer.chmod(0o600)
    return {**names, "answer": answer}


@ROOT_ONLY
@pytest.mark.parametrize("mode", [0o700, 0o755], ids=oct)
@pytest.mark.parametrize("line", ["use work:dev", "off"])
def test_a_private_answer_is_evaluated(person: Person, line: str, mode: int) -> None:
    """What the tests below would see."""
    for path in plant(person, person.home.path / ".cache", line).values():
        path.chmod(mode)
    person.run(f"awsprof {line}", environ={})
    assert (person.evil_ran, person.calls) == (True, [])


@ROOT_ONLY
@pytest.mark.parametrize("what", ["base", "awsprof", "version", "shell", "answer"])
@pytest.mark.parametrize("how", ["another's", "root's", "open to all", "open to the group"])
def test_a_planted_answer(person: Person, what: str, how: str) -> None:
    places = plant(person, person.home.root / "cache")
    for path in places.values():
        path.chmod(0o755)
    if how.startswith("open"):
        places[what].chmod(0o777 if how == "open to all" else 0o775)
    else:
        owner = OTHER if how == "another's" else 0
        os.chown(places[what], owner, owner)
    seen = person.run("awsuse work:dev", environ={"XDG_CACHE_HOME": str(places["base"])}).seen[-1]
    assert not person.evil_ran
    # Everybody can swap the folder of the hook's file if the one above it is open: the program refuses that.
    expected = (7, None) if (what, how) == ("base", "open to all") else (0, b"work:dev")
    assert (seen.status, seen.environ.get(b"AWS_PROFILE")) == expected
    assert person.calls == ["use work:dev"]


@ROOT_ONLY
@pytest.mark.parametrize("user", [0, USER])
def test_another_users_cache(person: Person, user: int) -> None:
    """All of it belongs to somebody else, who could swap it at any moment; or root came with a user's environment."""
    for path in plant(person, person.home.root / "cache").values():
        path.chmod(0o755)
        os.chown(path, OTHER if user else USER, -1)
    seen = person.run("awsuse work:dev", user=user, environ={"XDG_CACHE_HOME": f"{person.home.root}/cache"}).seen[-1]
    assert (person.evil_ran, seen.status, seen.environ[b"AWS_PROFILE"]) == (False, 0, b"work:dev")


RELATIVE: dict[str, dict[str, str | None]] = {
    "XDG_CACHE_HOME": {"XDG_CACHE_HOME": "cache"},
    "XDG_CACHE_HOME with a dot": {"XDG_CACHE_HOME": "./cache"},
    "XDG_CACHE_HOME that nobody expanded": {"XDG_CACHE_HOME": "~/.cache"},
    "HOME": {"HOME": "home"},
    "HOME, the current folder": {"HOME": "."},
    "no HOME": {"HOME": None},
}
BASES = ("cache", "~/.cache", "home/.cache", ".cache")


@ROOT_ONLY
@pytest.mark.parametrize("environ", RELATIVE.values(), ids=RELATIVE)
def test_a_relative_folder(person: Person, environ: dict[str, str | None]) -> None:
    """A cloned repository brings answers and names; the user stands in it."""
    for base in BASES:
        (person.home.work / base).parent.mkdir(parents=True, exist_ok=True)
        places = plant(person, person.home.work / base)
        plant(person, person.home.work / base, "off")
        plant(person, person.home.work / base, "status")
        (places["version"] / "names").write_text("awsprof\t1\t/x\t-\t/x\t-\nwork:evil\tiam\t\n.\n")
    aws = person.home.path / ".aws"
    files = {"AWS_CONFIG_FILE": f"{aws}/config", "AWS_SHARED_CREDENTIALS_FILE": f"{aws}/credentials"}
    tab = "(TabExpansion2 'awsuse work:e' 13).CompletionMatches.CompletionText"
    seen = person.run("awsuse work:dev", "awsprof status", "awsoff", tab, environ={**files, **environ}).seen
    assert not person.evil_ran
    assert [step.status for step in seen[2:]] == [0] * 4, [step.err for step in seen]
    assert seen[2].environ[b"AWS_PROFILE"] == b"work:dev"
    assert "work:evil" not in seen[5].out


@ROOT_ONLY
def test_a_relative_folder_for_the_file(person: Person) -> None:
    """Not in the repository: neither in a folder of it, nor in it."""
    noted = person.home.root / "called"
    stand = stand_in_for(person, f"open({str(noted)!r}, 'a').write(os.path.dirname(path) + '\\n')")
    for folder in ("run", "tmp", "home/.cache/awsprof"):
        (person.home.work / folder).mkdir(parents=True)
        os.chown(person.home.work / folder, USER, USER)
    for value in ("run", ".", "~", "tmp/"):
        person.run(
            "awsuse x", environ={"XDG_RUNTIME_DIR": value, "TMPDIR": value, "XDG_CACHE_HOME": "home/.cache", **stand}
        )
    assert noted.read_text().splitlines() == ["/tmp"] * 4


OTHER_LINES = [
    "status",
    "use",
    "list",
    "use --mfa",
    "use work:dev x",
    "off x",
    "use -x",
    "mfa",
    "USE work:dev",
    "use .x",
]


@ROOT_ONLY
def test_only_switches_are_replayed(person: Person) -> None:
    cache = person.home.path / ".cache"
    for line in OTHER_LINES:
        plant(person, cache, line)
    person.run(
        *(f"awsprof {line}" for line in OTHER_LINES),
        "awsprof 'use work:dev'",
        "awsprof 'off'",
        "awsprof ' off'",
        environ={},
    )
    assert not person.evil_ran
    assert len(person.calls) == len(OTHER_LINES) + 3


def test_no_file_is_looked_for_but_for_switches(home: Home) -> None:
    TABLE["pwsh"].find()
    key = "& (Get-Module awsprof) { '<' + (Get-AwsprofKey $args[0]) + '>' }"
    lines = {
        "@('use', 'work:dev')": "use work:dev",
        "@('use', '-')": "use before",
        "@('off')": "off",
        **{f"@({', '.join(repr(word) for word in line.split())})": "" for line in OTHER_LINES},
        "@('use', '../x')": "",
        "@('use', \"x`n\")": "",
        "@('use', \"work:dev$([char]0x200d)\")": "",
        "@('use', 'a b')": "",
        "@('use', '')": "",
        "@()": "",
    }
    load = TABLE["pwsh"].load()
    ran = home.script(
        TABLE["pwsh"], [load, *(f"{key} {line}" for line in lines)], environ={"AWSPROF_PREVIOUS": "before"}
    )
    assert ran.out.splitlines() == [f"<{expected}>" for expected in lines.values()], ran.err


# What a .NET lacks, and what the module text then says.
OLDER = {
    "7.3": {"IsPrivilegedProcess": "NoSuchProperty"},
    "7.2": {"IsPrivilegedProcess": "NoSuchProperty", "UnixFileMode": "NoFileMode", "UnixCreateMode": "NoCreateMode"},
}


def older(person: Person, version: str) -> str:
    """The line that loads a copy of the module for such a .NET."""
    folder = person.home.root / "older"
    folder.mkdir()
    for name in ("awsprof.psm1", "cmdlets.ps1", "awsprof.psd1"):
        text = (CHECKOUT / name).read_text()
        for present, missing in OLDER[version].items():
            text = re.sub(rf"\b(Get|Set)?{present}\b", rf"\g<1>{missing}", text)
        (folder / name).write_text(text)
    return TABLE["pwsh"].load(folder / SHELLS["pwsh"].hook)


@ROOT_ONLY
@pytest.mark.parametrize("user", [0, USER])
@pytest.mark.parametrize("version", OLDER)
def test_an_older_powershell(person: Person, attacker: list["subprocess.Popen[str]"], version: str, user: int) -> None:
    """What it cannot tell it takes for the worse: no replay, and no folder but /tmp; the switch is right."""
    plant(person, person.home.path / ".cache")
    folder = person.folder("shared", OTHER, 0o1777)
    attack(attacker, folder)
    environ = {"XDG_RUNTIME_DIR": str(folder), "TMPDIR": str(folder)}
    line = 'awsuse work:dev; "$LASTEXITCODE $($Error.Count) $env:TMPDIR"'
    ran = person.run(line, load=older(person, version), user=user, environ=environ)
    assert ran.seen[-1].out == f"0 0 {folder}\n", ran.err
    assert (person.evil_ran, ran.seen[-1].environ[b"AWS_PROFILE"]) == (False, b"work:dev")


PATHS = {
    "a dot": (".:{path}", True),
    "an empty entry": (":{path}", True),
    "an empty entry in the middle": ("/nowhere::{path}", True),
    "a folder": ("bin:{path}", True),
    "a folder above": ("../work:{path}", True),
    "nothing else": (".:bin:", False),
}


@pytest.mark.parametrize(("value", "found"), PATHS.values(), ids=PATHS)
def test_no_program_of_the_current_folder(home: Home, value: str, found: bool) -> None:
    """Neither for a call, nor for a replay's comparison, nor for Tab."""
    TABLE["pwsh"].find()
    for place in (home.work, home.work / "bin"):
        place.mkdir(exist_ok=True)
        program = place / "awsprof"
        program.write_text("#!/bin/sh\ntouch here\n")
        program.chmod(0o755)
    pwsh = shutil.which("pwsh") or ""
    (home.root / "shell").mkdir()
    (home.root / "shell/pwsh").symlink_to(pwsh)
    path = value.format(path=home.environ["PATH"])
    tab = "$null = TabExpansion2 'awsuse work:' 12"
    find = "& (Get-Module awsprof) { Find-AwsprofProgram }"
    lines = [f"$env:PATH = '{path}'", "awsuse work:dev; $LASTEXITCODE", tab, find]
    ran = home.script(TABLE["pwsh"], [TABLE["pwsh"].load(), *lines], argv=[pwsh, *TABLE["pwsh"].argv[1:]])
    expected = ["0", shutil.which("awsprof", path=home.environ["PATH"])] if found else ["127"]
    assert ran.out.splitlines() == expected
    assert not (home.work / "here").exists()


def test_a_program_that_cannot_be_run_is_not_the_one(home: Home) -> None:
    TABLE["pwsh"].find()
    (home.root / "first").mkdir()
    (home.root / "first/awsprof").write_text("not for running")
    find = "& (Get-Module awsprof) { Find-AwsprofProgram }"
    environ = {"PATH": f"{home.root}/first:{home.environ['PATH']}"}
    ran = home.script(TABLE["pwsh"], [TABLE["pwsh"].load(), find], environ=environ)
    assert ran.out.splitlines() == [shutil.which("awsprof", path=home.environ["PATH"])]


# A type of that name hides what sets variables: the one way in which PowerShell can fail to set one.
SHADOW = """
Add-Type 'public static class Shadow {
    public static void SetEnvironmentVariable(string name, string value) {
        if (name != "%s") System.Environment.SetEnvironmentVariable(name, value);
    }
    public static string GetEnvironmentVariable(string name) { return System.Environment.GetEnvironmentVariable(name); }
}';
[psobject].Assembly.GetType('System.Management.Automation.TypeAccelerators')::Add('Environment', [Shadow])
""".replace("\n", " ")
UNCHANGED = {
    "AWS_PROFILE": "child processes see AWS_PROFILE=other instead of work:dev",
    "AWS_DEFAULT_REGION": "child processes see AWS_DEFAULT_REGION= instead of ap-southeast-2",
    "AWS_SECRET_ACCESS_KEY": "AWS_SECRET_ACCESS_KEY is still set for child processes",
}


@pytest.mark.parametrize("name", UNCHANGED)
def test_a_change_that_has_no_effect(home: Home, name: str) -> None:
    """Status 7, what children see, and no line that would tell of a success."""
    TABLE["pwsh"].find()
    environ = {"AWS_PROFILE": "other", "AWS_SECRET_ACCESS_KEY": "hidden"}
    seen = home.run(TABLE["pwsh"], ["awsuse work:dev"], before=[SHADOW % name], environ=environ).seen[-1]
    assert (seen.status, seen.out) == (7, "")
    assert seen.err == f"awsprof: {UNCHANGED[name]}\n  open a new shell and try again\n"


def test_a_snippet_that_fails(home: Home) -> None:
    """Whatever goes wrong in it, an error that does not end a script too."""
    TABLE["pwsh"].find()
    for code in ("throw 'no'", "Get-Item /nowhere", "[Environment]::NoSuch()", "if ("):
        shutil.rmtree(home.root / "bin", ignore_errors=True)
        path = stand_in(home, f"import os\nopen(os.environ['AWSPROF_OUT'], 'w').write({code!r})\n")
        seen = home.run(TABLE["pwsh"], ["awsuse x"], environ=path).seen[-1]
        assert (seen.status, seen.err.startswith("awsprof: ")) == (7, True), seen.err
