"""A shell in a terminal of its own that real Tabs are sent to: what the command line becomes, and what is shown."""

import os
import re
from pathlib import Path
from typing import NamedTuple

import pexpect
import pyte

from awsprof.shell.table import SHELLS

from .shells import CHECKOUT, Home

HOOKS = CHECKOUT
BASH_COMPLETION = Path("/usr/share/bash-completion/bash_completion")
# Ctrl-X w writes the line that is being edited to a file and says so; `noted` does so with the words after the first.
DUMP = {
    "bash": """dump() { noted - "$READLINE_LINE"; }; bind -x '"\\C-xw": dump'""",
    "zsh": """dump() { noted - "$BUFFER" }; zle -N dump; bindkey -e '^Xw' dump""",
}
NOTED = r"""PS1='> '; noted() { shift; printf '%s\n' "$@" >"$SEEN"; printf '\033]9;noted\a'; }"""
SAID = "\x1b]9;noted\x07"
COMPINIT = "autoload -Uz compinit; compinit -D -u"


class Setup(NamedTuple):
    """One way to start a shell: its command line, and what its rc file does before and after the hook."""

    shell: str
    argv: tuple[str, ...]
    before: str = ""
    after: str = ""


BASH = ("bash", "--norc", "--noprofile", "-i")
ZSH = ("zsh", "-f", "-i")
SETUPS = {
    "bash": Setup("bash", BASH),
    "bash-without-colon": Setup("bash", BASH, after="COMP_WORDBREAKS=${COMP_WORDBREAKS//:}"),
    "bash-completion": Setup("bash", BASH, f"source {BASH_COMPLETION}"),
    "bash-strict": Setup("bash", BASH, after="set -euf -o pipefail; shopt -s nocasematch failglob"),
    "bash-posix": Setup("bash", ("bash", "--posix", *BASH[1:])),
    "zsh": Setup("zsh", ZSH, COMPINIT),
    "zsh-compinit-after": Setup("zsh", ZSH, after=COMPINIT),
    "zsh-compinit-twice": Setup("zsh", ZSH, COMPINIT, COMPINIT),
    "zsh-strict": Setup(
        "zsh", ZSH, COMPINIT, "setopt ksh_arrays sh_word_split no_unset glob_subst null_glob rc_quotes"
    ),
}


class Seen(NamedTuple):
    """The command line after the keys, and the rows that are listed."""

    line: str
    rows: list[str]


class Terminal:
    """An interactive shell with the hook loaded, in a folder where files are named like what is completed."""

    def __init__(self, setup: Setup, home: Home, files: tuple[str, ...] = ()) -> None:
        self.setup, self.home = setup, home
        self.seen, self.log = home.root / "seen", home.root / "calls"
        self.files = sorted(files)
        for name in files:
            (home.work / name).touch()
        self.size = (60, 160)
        self.child: pexpect.spawn[bytes] = pexpect.spawn(
            setup.argv[0],
            list(setup.argv[1:]),
            cwd=home.work,
            env=self._environ(),
            dimensions=self.size,
            timeout=20,
            echo=False,
        )
        self.child.delaybeforesend = None
        rc = home.root / "rc"
        hook = HOOKS / SHELLS[setup.shell].hook
        rc.write_text("\n".join([NOTED, DUMP[setup.shell], setup.before, f"source {hook}", setup.after, ""]))
        self.child.sendline(f"source {rc}; printf 'load''ed\\n'")
        self.child.expect_exact("loaded\r\n")
        self.keys("")

    def _environ(self) -> dict[str, str]:
        """With an awsprof first on PATH that notes each call."""
        folder = self.home.root / "counting"
        folder.mkdir(exist_ok=True)
        program = folder / "awsprof"
        real = self.home.environ["PATH"].split(os.pathsep)[0]
        program.write_text(f'#!/bin/sh\necho "$*" >>{self.log}\nexec {real}/awsprof "$@"\n')
        program.chmod(0o755)
        path = f"{folder}{os.pathsep}{self.home.environ['PATH']}"
        more = {"PATH": path, "SEEN": str(self.seen), "TERM": "xterm", "INPUTRC": "/dev/null"}
        return {**self.home.environ, **more, "AWS_PROFILE": "home:billing"}

    def keys(self, keys: str) -> Seen:
        """Types on an empty line of an empty screen."""
        self.child.send("\x15\x0c" + keys + "\x18w")
        self.child.expect_exact(SAID)
        screen = pyte.Screen(self.size[1], self.size[0])
        pyte.ByteStream(screen).feed(self.child.before or b"")
        rows = [row.strip() for row in screen.display if row.strip() and not row.startswith(">")]
        return Seen(self.seen.read_text().removesuffix("\n"), rows)

    def ask(self, typed: str) -> Seen:
        """Types and asks for the list: bash shows it at the second Tab, when zsh would take the first word of it."""
        return self.keys(typed + ("\t\t" if self.setup.shell == "bash" else "\t"))

    def words(self) -> list[str]:
        """What the shell makes of the line that was typed, but for the command itself."""
        self.child.send("\x01noted \r")
        self.child.expect_exact(SAID)
        return self.seen.read_text().splitlines()

    @property
    def calls(self) -> list[str]:
        """The calls of the program since they were last asked for."""
        made = self.log.read_text().splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return made

    @property
    def created(self) -> list[str]:
        """The files that nobody should have made."""
        return sorted(set(os.listdir(self.home.work)) - set(self.files))

    def close(self) -> None:
        self.child.close(force=True)


def described(rows: list[str]) -> dict[str, str]:
    """The words of a list with what is said beside them: `word  -- text` in zsh, `word  (text)` in columns in bash."""
    return dict(re.findall(r"(\S.*?) {2,}(?:-- |\()(.*?)(?:$|\)(?= {2,}|$))", "\n".join(rows), re.MULTILINE))
