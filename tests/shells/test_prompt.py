"""The prompts of docs/prompt.md in the real shells: the blocks are taken out of the page and drawn."""

import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.aws.sts import CheckingSts

from .profiles import CONFIG, SECRET
from .screen import Answering
from .shells import Home, Shell

PAGE = Path(__file__).parents[2] / "docs/prompt.md"
LANGUAGE = {"bash": "bash", "zsh": "zsh", "fish": "fish", "pwsh": "powershell"}
# Has the shell draw its prompt once.
DRAW = {
    "bash": """draw() { eval "$PROMPT_COMMAND"; printf '%s|\\n' "${PS1@P}"; }""",
    "zsh": """draw() { local f; for f in $precmd_functions; do $f; done; print -P -- "$PROMPT|"; }""",
    "fish": "function draw; emit fish_prompt; fish_right_prompt; echo '|'; end",
    "pwsh": "function draw { [Console]::Out.WriteLine((prompt) + '|') }",
}
ONLY_EVENTS = {
    "bash": """draw() { eval "$PROMPT_COMMAND"; }""",
    "zsh": """draw() { local f; for f in $precmd_functions; do $f; done; }""",
    "fish": "function draw; emit fish_prompt; end",
    "pwsh": "function draw { Invoke-Starship-PreCommand }",
}
RED = "\x1b[31m"


def blocks(shell: Shell) -> list[str]:
    """What the page has for a shell: the line that keeps the variable true, and the prompt."""
    found = re.findall(rf"^```{LANGUAGE[shell.name]}\n(.*?)^```", PAGE.read_text(), re.DOTALL | re.MULTILINE)
    assert len(found) == 2
    return [block.rstrip("\n") for block in found]


def loaded(shell: Shell) -> list[str]:
    return [shell.load()]


def credentials(end: datetime) -> str:
    keys = f"aws_access_key_id = ASIAEXAMPLE\naws_secret_access_key = {SECRET}\naws_session_token = t\n"
    return f"[work:mfa]\n{keys}expiration = {end:%Y-%m-%dT%H:%M:%SZ}\n"


def drawn(home: Home, shell: Shell, lines: Sequence[str], environ: Mapping[str, str] | None = None) -> list[str]:
    """What the prompt shows at each `draw` among these lines: profile and end, after `red` where it is red."""
    script = [*loaded(shell), blocks(shell)[1], DRAW[shell.name], *lines]
    ran = home.script(shell, script, environ={"TERM": "xterm-256color", **(environ or {})})
    odd = [line for line in ran.err.splitlines() if not re.match("(work:|corp|plain|off|renew the session)", line)]
    assert odd == []
    return [said(text) for text in ran.out.split("|\n")[:-1]]


def said(text: str) -> str:
    found = re.search(r"\((.*)\)", text)
    return ("red " if RED in text else "") + (found[1] if found else "")


def now() -> datetime:
    return datetime.now(UTC)


IN_AN_HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("left", "red", "words"),
    [
        (timedelta(hours=30), "", "%H:%M"),
        (timedelta(minutes=17), "", "%H:%M"),
        (timedelta(minutes=14), "red ", "%H:%M"),
        (timedelta(minutes=-1), "red ", "expired"),
        (timedelta(days=-3), "red ", "expired"),
    ],
    ids=["a day", "17 minutes", "14 minutes", "just past", "long past"],
)
def test_profile_and_end(home: Home, shell: Shell, left: timedelta, red: str, words: str) -> None:
    end = now() + left
    home.write(CONFIG, credentials(end))
    lines = ["draw", "awsuse work:dev", "draw", "awsuse work:ops", "draw", "awsuse corp", "draw", "awsoff", "draw"]
    shown = end.strftime(words)
    assert drawn(home, shell, lines) == ["", f"{red}work:dev {shown}", f"{red}work:ops {shown}", "corp", ""]


CHANGES = {
    "config newer": "echo '[profile new]' >>$HOME/.aws/config",
    "credentials newer": "echo '[new]' >>$HOME/.aws/credentials",
    "credentials older": "touch -d 2001-01-01 $HOME/.aws/credentials",
    "config gone": "rm $HOME/.aws/config",
    "credentials gone": "rm $HOME/.aws/credentials",
    "cache gone": "rm -r stands session at names",
    "stamps gone": "rm -r at",
    "profile cut short": "printf 'awsprof\\t1\\t' >stands/work,dev",
    "session cut short": "printf 'awsprof\\t1\\t' >session/work,mfa",
    "session of other files": "sed -i 's/credentials/credentiels/' session/work,mfa",
    "session of another": "sed -i 's/work:mfa/work:mfb/' session/work,mfa",
    "profile of another": "sed -i 's/work:dev/work:dew/' stands/work,dev",
    "profile leads elsewhere": "sed -i 's|work:mfa|../x|' stands/work,dev",
    "a command for its hour": "sed -i -E 's/[0-9]{2}:[0-9]{2}\\t/$(touch here)\\t/' session/work,mfa",
    "a command for its end": "sed -i -E 's/\\t[0-9]{10}\\t/\\ta[$(touch here)]\\t/' session/work,mfa",
    "a fifo": "rm session/work,mfa; mkfifo session/work,mfa",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_no_end_rather_than_a_wrong_one(home: Home, shell: Shell, change: str) -> None:
    end = now() + IN_AN_HOUR
    home.write(CONFIG, credentials(end))
    # Where the clock of the file system is coarse, a change at once would have the same time.
    (home.root / "change").write_text(f"sleep 0.02; cd $HOME/.cache/awsprof/1 && {change}\n")
    lines = ["awsuse work:dev", "draw", f"sh {home.root}/change", "draw"]
    # PowerShell reads the time of a file as a number, and needs no stamp.
    after = f"work:dev {end:%H:%M}" if change == "rm -r at" and shell.name == "pwsh" else "work:dev"
    assert drawn(home, shell, lines) == [f"work:dev {end:%H:%M}", after]
    assert [*home.work.iterdir()] == []


HOSTILE = [
    "$(touch here)",
    "`touch here`",
    "%d%~%n",
    "100%",
    "a\\\\b\\e\\w",
    "$HOME",
    "!!",
    "'\"",
    "../../x",
    "work,dev",
    "-n",
]


@pytest.mark.parametrize("profile", HOSTILE)
def test_a_hostile_name_is_shown_as_text(home: Home, shell: Shell, profile: str) -> None:
    home.write(CONFIG, credentials(now() + IN_AN_HOUR))
    more = {"zsh": "setopt prompt_subst prompt_bang", "pwsh": "Set-StrictMode -Version Latest"}
    home.run(shell, ["awsuse work:dev"])
    # zsh's prompt_bang is the user's wish that ! be the number of the line, wherever it comes from.
    before = [more.get(shell.name, "").replace("prompt_bang" if "!" in profile else "()", "")]
    assert drawn(home, shell, [*before, "draw", "draw"], {"AWS_PROFILE": profile}) == [profile, profile]
    assert [*home.work.iterdir()] == []


def test_control_characters_do_not_reach_the_terminal(home: Home, shell: Shell) -> None:
    (shown,) = drawn(home, shell, ["draw"], {"AWS_PROFILE": "a\x1b[31mb"})
    assert shown in ("a?[31mb", "a^[[31mb")


STRICT = {
    "bash": "set -eu -o pipefail; shopt -s failglob; IFS=x",
    "zsh": "setopt err_return no_unset ksh_arrays sh_word_split glob_subst null_glob warn_create_global",
    "fish": "",
    "pwsh": "Set-StrictMode -Version Latest; $ErrorActionPreference = 'Stop'",
}


def test_strict_shells(home: Home, shell: Shell) -> None:
    end = now() + IN_AN_HOUR
    home.write(CONFIG, credentials(end))
    lines = [STRICT[shell.name], "draw", "awsuse work:dev", "draw", "awsuse corp", "draw"]
    if shell.name == "zsh":  # ksh_arrays shifts what %8v shows
        lines[0] = lines[0].replace("ksh_arrays ", "")
    assert drawn(home, shell, lines) == ["", f"work:dev {end:%H:%M}", "corp"]


TRUE = {
    "after a renewal elsewhere": ("work:dev", {"AWSPROF_SAVED": "|"}, True),
    "of a profile without session": ("corp", {"AWSPROF_SAVED": "|"}, False),
    "without a switch": ("work:dev", {}, False),
    "without a profile": ("", {"AWSPROF_SAVED": "|"}, False),
}


@pytest.mark.parametrize(("profile", "more", "renewed"), TRUE.values(), ids=TRUE)
def test_the_line_for_starship(home: Home, shell: Shell, profile: str, more: dict[str, str], renewed: bool) -> None:
    end = now() + IN_AN_HOUR
    home.write(CONFIG, credentials(end))
    home.run(shell, ["awsuse work:dev"])
    draw = {"bash": 'eval "$PROMPT_COMMAND"', "zsh": "$precmd_functions[-1]", "fish": "emit fish_prompt"}
    lines = [*loaded(shell), blocks(shell)[0], draw.get(shell.name, "Invoke-Starship-PreCommand")]
    old = {"AWS_PROFILE": profile, "AWS_SESSION_EXPIRATION": "2026-01-01T00:00:00Z", **more}
    (seen,) = home.script(shell, [*lines, shell.probe(home.notes)], environ=old).seen
    assert seen.err == ""
    expected = f"{end:%Y-%m-%dT%H:%M:%SZ}" if renewed else old["AWS_SESSION_EXPIRATION"]
    assert seen.environ[b"AWS_SESSION_EXPIRATION"].decode() == expected


@pytest.mark.parametrize("shell", ["bash", "zsh"], indirect=True)
def test_the_last_status_is_kept(home: Home, shell: Shell) -> None:
    draw = {"bash": 'eval "$PROMPT_COMMAND"', "zsh": "$precmd_functions[-1]"}[shell.name]
    lines = [*loaded(shell), blocks(shell)[0], "(exit 42)", draw, shell.probe(home.notes)]
    (seen,) = home.script(shell, lines).seen
    assert seen.status == 42


@pytest.mark.parametrize("block", [0, 1], ids=["the line for starship", "the prompt"])
def test_nothing_is_printed_without_the_hook(home: Home, shell: Shell, block: int) -> None:
    unload = "Remove-Module awsprof" if shell.name == "pwsh" else "awsprof_unload"
    draw = DRAW[shell.name] if block else ONLY_EVENTS[shell.name]
    lines = [*loaded(shell), blocks(shell)[block], draw, unload, "draw"]
    ran = home.script(shell, lines, environ={"TERM": "xterm-256color", "AWS_PROFILE": "work:dev"})
    assert ran.err == ""
    assert not block or said(ran.out) == "work:dev"


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@pytest.mark.parametrize("block", [0, 1], ids=["the line for starship", "the prompt"])
def test_no_process_is_started(home: Home, shell: Shell, block: int) -> None:
    home.write(CONFIG, credentials(now() + IN_AN_HOUR))
    home.run(shell, ["awsuse work:dev"])
    draw = DRAW[shell.name] if block else ONLY_EVENTS[shell.name]
    counts = []
    for times in (1, 20):
        path = home.root / f"drawing{shell.ending}"
        path.write_text("\n".join([*loaded(shell), blocks(shell)[block], draw, *["draw"] * times, ""]))
        command = ["strace", "-f", "-qq", "-e", "trace=clone,clone3,fork,vfork,execve", *shell.argv, str(path)]
        environ = home.environment({"AWS_PROFILE": "work:dev", "AWSPROF_SAVED": "|", "TERM": "xterm-256color"})
        done = subprocess.run(command, env=environ, cwd=home.work, capture_output=True, text=True, timeout=120)
        if "ptrace" in done.stderr:
            pytest.skip("strace may not trace here")
        # Threads are no processes: fish and .NET start some as they go.
        counts.append(sum("(" in line and "CLONE_THREAD" not in line for line in done.stderr.splitlines()))
    assert counts[0] == counts[1] > 0


def test_a_renewal_in_another_terminal_shows_at_once(home: Home, shell: Shell) -> None:
    """A real renewal, while a real prompt waits."""
    with CheckingSts() as sts:
        person = sts.add_user("your.name")
        keys = f"aws_access_key_id = {person.access_key_id}\naws_secret_access_key = {person.secret_access_key}\n"
        end = now() + timedelta(minutes=10)
        config = CONFIG.replace("arn:aws:iam::000000000000:mfa/your.name", person.device_arn)
        home.write(config, f"[work:iam]\n{keys}" + credentials(end))
        child = terminal(home, shell)
        child.send("awsuse work:dev --no-renew\r")
        child.expect_exact(f"(work:dev {end:%H:%M})")
        done = subprocess.run(
            ["awsprof", "mfa", "work", "--code", person.next_code()],
            env=home.environment({"AWS_ENDPOINT_URL": sts.url}),
            capture_output=True,
            text=True,
            timeout=60,
        )
        renewed = re.search(r"until \w+ (\d\d:\d\d)", done.stderr)
        assert renewed, done.stderr
        assert renewed[1] != f"{end:%H:%M}"
        child.send("\r")
        child.expect_exact(f"(work:dev {renewed[1]})")
        child.close(force=True)


def terminal(home: Home, shell: Shell) -> Answering:
    """An interactive shell behind a pseudo-terminal whose prompt is that of the page."""
    rc = home.root / f"rc{shell.ending}"
    rc.write_text("\n".join([*loaded(shell), blocks(shell)[1], ""]))
    child = Answering(
        shell.prompt[0],
        list(shell.prompt[1:]),
        env={**home.environ, "TERM": "xterm-256color"},
        cwd=str(home.work),
        dimensions=(24, 200),
        encoding="utf-8",
        timeout=20,
    )
    child.send(f". {rc}\r")
    return child
