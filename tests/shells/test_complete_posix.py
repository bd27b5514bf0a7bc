"""Completion in bash and zsh: real Tabs in a terminal, and the calls of the program that they cost."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from awsprof.shell.table import SHELLS
from tests.clients import missing

from .profiles import COMMANDS, CONFIG, CREDENTIALS
from .shells import TABLE, Home
from .tabs import BASH_COMPLETION, HOOKS, SETUPS, Setup, Terminal, described

# Each name is the only profile that begins with its first three letters.
ODD = {
    "space": "o1 a b",
    "single quote": "o2'it's",
    "double quote": 'o3"a"b',
    "dollar": "o4$HOME$(touch made)",
    "backtick": "o5`touch made`x",
    "bracket": "o6[a",
    "backslash": "o7\\a\\",
    "exclamation mark": "o8!a!",
    "at": "p1@b=c,d",
    "not ASCII": "p2é\u2019x",
    "glob": "p3*?~{a,b}",
    "odd domain": "p4 '$x:a\"b c",
}
CONFIG = f"""{CONFIG}
[profile work:hostile]
region = $(touch made) `touch made` %s %F{{red}} 'x "y

[profile far:role]
role_arn = arn:aws:iam::000000000000:role/Far
source_profile = work:mfa

[profile far:key]
region = eu-west-1
"""
CREDENTIALS = f"""{CREDENTIALS}
[home:dev space]
region = eu-west-1

""" + "".join(f"[{name}]\nregion = eu-west-1\n" for name in (*ODD.values(), "'o9\"a'"))
# What a file name would give away: each is named like something that is completed.
FILES = ("work", "work:dev", "w", "work:d", "list", "eu-west", "home:b", "key.csv", "dev", "use", "-x")


@pytest.fixture(scope="module", params=SETUPS)
def terminal(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """One shell for all lines of a table, with a fresh list."""
    setup = SETUPS[request.param]
    TABLE[setup.shell].find()
    if request.param == "bash-completion" and not BASH_COMPLETION.exists():
        missing("bash-completion", f"there is no {BASH_COMPLETION}")
    home = Home(tmp_path_factory.mktemp("complete"))
    home.write(CONFIG, CREDENTIALS)
    renew(home)
    opened = Terminal(setup, home, FILES)
    yield opened
    opened.close()


def renew(home: Home) -> None:
    subprocess.run(["awsprof", "cache"], env=home.environ, check=True)


def names(home: Home) -> Path:
    return home.path / ".cache/awsprof/1/names"


LINES = {
    "profile": ("awsprof use work:d", "awsprof use work:dev "),
    "profile, all of it": ("awsprof use work:dev", "awsprof use work:dev "),
    "domain of profiles": ("awsprof use w", "awsprof use work:"),
    "in single quotes": ("awsprof use 'work:d", "awsprof use 'work:dev' "),
    "in double quotes": ('awsprof use "work:d', 'awsprof use "work:dev" '),
    "after a backslash": ("awsprof use work\\:d", "awsprof use work:dev "),
    "awsuse": ("awsuse work:o", "awsuse work:ops "),
    "awsuse in quotes": ("awsuse 'work:o", "awsuse 'work:ops' "),
    "only one contains it": ("awsuse ops", "awsuse work:ops "),
    "contains, in quotes": ("awsuse 'ops", "awsuse 'work:ops' "),
    "none contains it": ("awsuse nobody", "awsuse nobody"),
    "not the active one": ("awsprof use home:b", "awsprof use home:b"),
    "but to show it": ("awsprof show home:b", "awsprof show home:billing "),
    "nothing after the argument": ("awsprof use work:dev ", "awsprof use work:dev "),
    "an option's value is none": ("awsprof use --region eu-west-1 work:d", "awsprof use --region eu-west-1 work:dev "),
    "domain given": ("awsprof use --domain work d", "awsprof use --domain work dev "),
    "domain given with =": ("awsprof use --domain=work d", "awsprof use --domain=work dev "),
    "domain to give": ("awsprof use --domain wo", "awsprof use --domain work "),
    "domain to give with =": ("awsprof use --domain=wo", "awsprof use --domain=work "),
    "mfa, a domain": ("awsprof mfa wo", "awsprof mfa work "),
    "mfa, a domain without": ("awsprof mfa cor", "awsprof mfa cor"),
    "mfa, a profile": ("awsprof mfa work:d", "awsprof mfa work:dev "),
    "awsmfa": ("awsmfa ho", "awsmfa home "),
    "source": ("awsprof add role work:x --source work:i", "awsprof add role work:x --source work:iam "),
    "source, not a role": ("awsprof add role work:x --source work:d", "awsprof add role work:x --source work:d"),
    "name to be": ("awsprof add role wo", "awsprof add role work:"),
    "domain to add to": ("awsprof add iam wo", "awsprof add iam work "),
    "region": ("awsprof use --region eu-w", "awsprof use --region eu-west-"),
    "region with =": ("awsprof use --region=eu-w", "awsprof use --region=eu-west-"),
    "region, one": ("awsprof use --region=me-c", "awsprof use --region=me-central-1 "),
    "kind": ("awsprof list --kind r", "awsprof list --kind role "),
    "shell": ("awsprof init z", "awsprof init zsh "),
    "shell of off": ("awsoff --shell=f", "awsoff --shell=fish "),
    "command": ("awsprof us", "awsprof use "),
    "command of a command": ("awsprof add ro", "awsprof add role "),
    "option": ("awsprof use --reg", "awsprof use --region "),
    "option everywhere": ("awsprof use --no-i", "awsprof use --no-input "),
    "option before": ("awsprof --verb", "awsprof --verbose "),
    "unknown option": ("awsprof use --nonsense=w", "awsprof use --nonsense=w"),
    "not a file": ("awsprof status wo", "awsprof status wo"),
    "not a file after a code": ("awsprof mfa --code wo", "awsprof mfa --code wo"),
    "not a file named like an option": ("awsprof list -x", "awsprof list -x"),
    "not an unknown command": ("awsprof nonsense wo", "awsprof nonsense wo"),
    "a file": ("awsprof add iam x --csv ke", "awsprof add iam x --csv key.csv "),
    "a file with =": ("awsprof add iam x --csv=ke", "awsprof add iam x --csv=key.csv "),
    "a setting": ("awsprof set work:dev outp", "awsprof set work:dev output="),
    "of a block": ("awsprof set work:dev s3.addr", "awsprof set work:dev s3.addressing_style="),
    "its value": ("awsprof set work:dev output=js", "awsprof set work:dev output=json "),
    "the value of another": (
        "awsprof set work:dev output=json region=me-c",
        "awsprof set work:dev output=json region=me-central-1 ",
    ),
    "a profile as a value": (
        "awsprof set work:dev source_profile=work:i",
        "awsprof set work:dev source_profile=work:iam ",
    ),
    "no value for a text": ("awsprof set work:dev cli_pager=w", "awsprof set work:dev cli_pager=w"),
    "no value for no setting": ("awsprof set work:dev nonsense=w", "awsprof set work:dev nonsense=w"),
    "a secret without =": ("awsprof set work:dev aws_secr", "awsprof set work:dev aws_secret_access_key "),
    "a setting that is no secret": ("awsprof set work:dev auth_s", "awsprof set work:dev auth_scheme_preference="),
    "a setting, not twice": ("awsprof set work:dev output=json outp", "awsprof set work:dev output=json outp"),
    "a setting to remove": ("awsprof unset work:dev outp", "awsprof unset work:dev output "),
    "a secret to remove": ("awsprof unset work:dev aws_secr", "awsprof unset work:dev aws_secret_access_key "),
    "another one to remove": ("awsprof unset work:dev output reg", "awsprof unset work:dev output region "),
    "not twice to remove": ("awsprof unset work:dev output outp", "awsprof unset work:dev output outp"),
    "one more profile": ("awsprof remove work:ops work:d", "awsprof remove work:ops work:dev "),
    "not the same profile": ("awsprof remove work:dev work:d", "awsprof remove work:dev work:d"),
    "no second profile": ("awsprof show work:ops work:d", "awsprof show work:ops work:d"),
    "no domain without a colon": ("awsprof domains pla", "awsprof domains pla"),
    "nor as an option": ("awsprof use --domain pla", "awsprof use --domain pla"),
    "a domain that has keys": ("awsprof rotate wo", "awsprof rotate work "),
    "not one without": ("awsprof rotate fa", "awsprof rotate fa"),
    "no domain for a new one": ("awsprof adopt --domain wo", "awsprof adopt --domain wo"),
    "a domain with a colon": ("awsprof use --domain work: d", "awsprof use --domain work: dev "),
    "of the active domain": ("awsuse ia", "awsuse home:iam "),
    "of the active domain, in quotes": ("awsuse 'ia", "awsuse 'home:iam' "),
    "of the active domain, to show": ("awsprof show mf", "awsprof show home:mfa "),
    "not the active one itself": ("awsuse bill", "awsuse bill"),
    "keeps what was typed": ("awsuse s", "awsuse s"),
    "mfa, with another domain's session": ("awsprof mfa far:r", "awsprof mfa far:role "),
    "mfa, with another domain's, no colon": ("awsprof mfa fa", "awsprof mfa far:role "),
    "mfa, with no session": ("awsprof mfa far:k", "awsprof mfa far:k"),
    "what excludes another": ("awsprof use --renew --no-r", "awsprof use --renew --no-r"),
    "an option, not twice": ("awsprof use --renew --ren", "awsprof use --renew --ren"),
    "behind another command": ("true; awsprof use work:d", "true; awsprof use work:dev "),
}


@pytest.mark.parametrize(("typed", "line"), LINES.values(), ids=LINES)
def test_a_tab_completes(terminal: Terminal, typed: str, line: str) -> None:
    assert terminal.keys(typed + "\t").line == line
    assert terminal.calls == []


STATES = {"bare": "", "single quote": "'", "double quote": '"', "backslash": "\\"}


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
@pytest.mark.parametrize("name", ODD.values(), ids=ODD)
def test_odd_names_come_out_as_they_are(terminal: Terminal, name: str, state: str) -> None:
    assert terminal.keys(f"awsuse {state}{name[:2]}\t").line.endswith(" ")
    assert terminal.words() == [name]
    assert terminal.created == []


@pytest.mark.parametrize("typed", ["\\'", "\"'"], ids=["backslash", "double quote"])
def test_a_name_that_begins_and_ends_with_a_quote(terminal: Terminal, typed: str) -> None:
    terminal.keys(f"awsuse {typed}\t")
    assert terminal.words() == ["'o9\"a'"]


def test_names_with_spaces_of_a_given_domain(terminal: Terminal) -> None:
    terminal.keys("awsprof use --domain home dev\\ \t")
    assert terminal.words() == ["use", "--domain", "home", "dev space"]


LISTS = {
    "source": ("awsprof add role work:x --source ", ["home:iam", "home:mfa", "work:iam", "work:mfa"]),
    "mfa, profiles": ("awsprof mfa home:", ["home:billing", "home:dev", "home:dev space", "home:iam", "home:mfa"]),
    "commands": (
        "awsprof ",
        COMMANDS,
    ),
    "commands of a command": ("awsprof add ", ["iam", "mfa", "role"]),
    "profiles": ("awsprof use work:", ["work:dev", "work:hostile", "work:iam", "work:mfa", "work:ops"]),
    "profiles in quotes": ("awsprof use 'work:", ["work:dev", "work:hostile", "work:iam", "work:mfa", "work:ops"]),
    "names of a domain": ("awsprof use --domain work ", ["dev", "hostile", "iam", "mfa", "ops"]),
    "not the active one": ("awsprof use home:", ["home:dev", "home:dev space", "home:iam", "home:mfa"]),
    "options": (
        "awsprof use --",
        [
            "--domain",
            "--region",
            "--renew",
            "--no-renew",
            "--shell",
            "--help",
            "--version",
            "--verbose",
            "--debug",
            "--no-input",
        ],
    ),
    "options not yet typed": (
        "awsprof off --verbose --shell=zsh --",
        ["--help", "--version", "--debug", "--no-input"],
    ),
}


@pytest.mark.parametrize(("typed", "offered"), LISTS.values(), ids=LISTS)
def test_what_is_listed(terminal: Terminal, typed: str, offered: list[str]) -> None:
    seen = terminal.ask(typed)
    assert sorted(described(seen.rows)) == sorted(offered)
    assert seen.line == typed


PLAIN = {
    "mfa": ("awsprof mfa ", ["home", "work"]),
    "domains": ("awsprof domains ", ["far", "home", "p4 '$x", "work"]),
    "domains that have keys": ("awsprof rotate ", ["home", "work"]),
    "regions": ("awsprof use --region=eu-west-", ["eu-west-1", "eu-west-2", "eu-west-3"]),
}


@pytest.mark.parametrize(("typed", "offered"), PLAIN.values(), ids=PLAIN)
def test_what_is_listed_without_more(terminal: Terminal, typed: str, offered: list[str]) -> None:
    assert re.split(r"\s{2,}", "  ".join(terminal.ask(typed).rows)) == offered


DESCRIBED = {
    "profiles": ("awsprof use work:", "work:dev", "role 000000000000 ap-southeast-2"),
    "hostile text": ("awsprof use work:", "work:hostile", "$(touch made) `touch made` %s %F{red} 'x \"y"),
    "commands": ("awsprof ", "off", "Take the switch back: this shell is as it was before it"),
    "options": ("awsprof use --", "--region", "The AWS region"),
}


@pytest.mark.parametrize(("typed", "word", "description"), DESCRIBED.values(), ids=DESCRIBED)
def test_what_is_said_beside(terminal: Terminal, typed: str, word: str, description: str) -> None:
    assert described(terminal.ask(typed).rows)[word].endswith(description)
    assert terminal.created == []


@pytest.fixture(params=["bash", "bash-strict", "zsh", "zsh-strict"])
def alone(request: pytest.FixtureRequest, home: Home) -> Iterator[Terminal]:
    """A shell of its own for one test, with a fresh list."""
    setup = SETUPS[request.param]
    TABLE[setup.shell].find()
    renew(home)
    opened = Terminal(setup, home)
    yield opened
    opened.close()


def remove(home: Home) -> None:
    names(home).unlink()


def cut_short(home: Home) -> None:
    names(home).write_text(names(home).read_text().partition("ps\t")[0])


def scramble(home: Home) -> None:
    names(home).write_bytes(b"\x00\xff$(touch made)\n`touch made`\twork:dev\x1b[31m\t\n" * 9)


def empty(home: Home) -> None:
    names(home).write_bytes(b"")


def of_another_version(home: Home) -> None:
    names(home).write_text(names(home).read_text().replace("awsprof\t1\t", "awsprof\t2\t", 1))


def of_other_files(home: Home) -> None:
    names(home).write_text(names(home).read_text().replace(".aws/config", ".aws/other", 1))


def without_stamps(home: Home) -> None:
    for stamp in (names(home).parent / "at").iterdir():
        stamp.unlink()


def newer_config(home: Home) -> None:
    os.utime(home.path / ".aws/config", (4e9, 4e9))


def older_credentials(home: Home) -> None:
    os.utime(home.path / ".aws/credentials", (1e9, 1e9))


def a_file_gone(home: Home) -> None:
    (home.path / ".aws/credentials").unlink()


STALE = [remove, scramble, empty, of_another_version, of_other_files, without_stamps]
STALE += [newer_config, older_credentials, a_file_gone, cut_short]


@pytest.mark.parametrize("terminal", ["bash", "bash-strict", "zsh", "zsh-strict"], indirect=True)
@pytest.mark.parametrize("spoil", STALE)
def test_a_list_that_is_not_fresh_costs_one_call(terminal: Terminal, spoil: Callable[[Home], None]) -> None:
    spoil(terminal.home)
    try:
        for calls in (["cache"], []):
            assert terminal.keys("awsuse work:d\t") == ("awsuse work:dev ", [])
            assert terminal.calls == calls
        assert terminal.created == []
    finally:
        terminal.home.write(CONFIG, CREDENTIALS)
        renew(terminal.home)


def test_what_appeared_since_is_offered(alone: Terminal, home: Home) -> None:
    home.write("[profile work:devel]\nregion = eu-west-1\n")
    assert alone.keys("awsuse work:dev\t").line == "awsuse work:devel "


@pytest.mark.parametrize("seconds", [0, 1, 315532800], ids=["Nix", "home-manager", "zip"])
def test_a_time_that_a_generator_set_has_the_program_asked_each_time(alone: Terminal, home: Home, seconds: int) -> None:
    """home-manager links to another file, and both are of 1970."""
    for name in ("devel", "daily"):
        stored = home.root / name
        stored.write_text(f"[profile work:{name}]\nregion = eu-west-1\n")
        os.utime(stored, (seconds, seconds))
        (home.path / ".aws/config").unlink()
        (home.path / ".aws/config").symlink_to(stored)
        for _ in range(2):
            assert alone.keys("awsuse work:d\t").line == f"awsuse work:{name} "
            assert alone.calls == ["cache"]


@pytest.mark.parametrize("alone", ["zsh"], indirect=True)
@pytest.mark.parametrize("more", ["", "# longer\n"], ids=["inode", "size"])
def test_zsh_sees_another_file_of_the_same_time(alone: Terminal, home: Home, more: str) -> None:
    config = home.path / ".aws/config"
    when = config.stat().st_mtime_ns
    text = config.read_text().replace("work:dev", "work:day") + more
    if not more:
        config.rename(home.root / "kept")  # its inode is not used again
    config.write_text(text)
    os.utime(config, ns=(when, when))
    assert alone.keys("awsuse work:d\t").line == "awsuse work:day "


def test_a_file_that_appears_makes_the_list_stale(alone: Terminal, home: Home) -> None:
    credentials = home.path / ".aws/credentials"
    a_file_gone(home)
    alone.keys("awsuse work:d\t")
    credentials.write_text("[work:daily]\nregion = eu-west-1\n")
    assert alone.calls == ["cache"]
    assert alone.ask("awsuse work:d").rows[0].startswith("work:daily")
    assert alone.calls == ["cache"]


def test_a_list_that_cannot_be_made_is_used_as_far_as_it_goes(alone: Terminal, home: Home) -> None:
    newer_config(home)
    program = home.root / "counting/awsprof"
    program.write_text("#!/bin/sh\necho broken; echo broken >&2; exit 1\n")
    assert alone.keys("awsuse work:d\t") == ("awsuse work:dev ", [])
    cut_short(home)
    assert alone.keys("awsuse work:d\t") == ("awsuse work:dev ", [])
    assert alone.keys("awsuse work:o\t") == ("awsuse work:o", [])
    remove(home)
    assert alone.keys("awsuse work:d\t") == ("awsuse work:d", [])


def test_without_the_program_it_is_silent(alone: Terminal, home: Home) -> None:
    alone.keys("PATH=/nowhere\r")
    remove(home)
    assert alone.keys("awsuse work:d\t") == ("awsuse work:d", [])
    assert alone.keys("awsprof us\t") == ("awsprof use ", [])


def test_other_aws_files(alone: Terminal, home: Home) -> None:
    (home.work / "other config").write_text("[profile else:where]\nregion = eu-west-1\n")
    alone.keys(f"export AWS_CONFIG_FILE='{home.work}/other config' AWS_SHARED_CREDENTIALS_FILE=/nowhere\r")
    for calls in (["cache"], []):
        assert alone.keys("awsuse e\t").line == "awsuse else:where "
        assert alone.calls == calls


def test_the_shell_is_left_as_it_was(terminal: Terminal) -> None:
    state = '"${COMP_WORDBREAKS-}" "$IFS" "$-" "${LC_ALL-}" "${words-}" "${match-}" "${__awsprof_cur-}"'
    terminal.keys(f"- {state}")
    before = terminal.words()
    for typed in ("awsprof use wo\t", "awsprof add iam x --csv=ke\t", "awsprof use nobody\t"):
        terminal.keys(typed)
    terminal.keys(f"- {state}")
    assert terminal.words() == before
    assert terminal.keys("cat key\t").line == "cat key.csv "


def test_zsh_without_compinit(home: Home) -> None:
    TABLE["zsh"].find()
    opened = Terminal(Setup("zsh", ("zsh", "-f", "-i")), home)
    assert opened.keys("awsprof use nothing\t") == ("awsprof use nothing", [])
    opened.keys("autoload -Uz compinit; compinit -D -u\r")
    assert opened.keys("awsuse work:d\t").line == "awsuse work:dev "
    opened.close()


# Calls the completion function as the shell would at `awsuse work:d`, and prints what it offers.
DRIVERS = {
    "bash": """COMP_LINE='awsuse work:d' COMP_POINT=13 COMP_TYPE=9; __awsprof_complete; echo ${COMPREPLY[@]}""",
    "zsh": """compadd() { echo $__awsprof_names }; service=awsuse CURRENT=2 PREFIX=work:d; words=(awsuse work:d)
__awsprof_complete""",
}


@pytest.mark.parametrize("name", DRIVERS)
def test_a_fresh_list_costs_no_process(name: str, home: Home) -> None:
    TABLE[name].find()
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    renew(home)
    trace = home.root / "trace"
    script = f"source {HOOKS / SHELLS[name].hook}; {DRIVERS[name]}"
    command = ["strace", "-f", "-o", str(trace), "-e", "trace=process", *TABLE[name].argv, "-c", script]
    done = subprocess.run(command, env=home.environ, capture_output=True, text=True)
    if "ptrace" in done.stderr:
        pytest.skip("strace may not trace here")
    assert done.stderr == ""
    assert done.stdout in ("dev\n", "work:dev\n")
    calls = re.findall(r"^\d+ +(\w+)\(", trace.read_text(), re.MULTILINE)
    assert calls == ["execve", "exit_group"]
