"""What awsprof renders, evaluated by the real shells: every value comes back byte for byte, and nothing is run."""

import json
import os
import random
import sys
from collections.abc import Sequence

import pytest

from awsprof.errors import ShellError
from awsprof.shell import SHELLS

from .shells import Home, Shell

# Set, beside the value, in the same snippet: a value that swallows its closing quote would take this one apart.
NEIGHBOUR = "; touch here; #"
SPECIAL = "".join(map(chr, range(32, 127)))
QUOTES = "\u2018\u2019\u201a\u201b\u201c\u201d\u201e"
WORDS = (
    "", " ", "-", "-n", "--", "-e x", "=ls", "a:=b", "~", "~root", "*", "?", "[a]", "{a,b}", "!!", "!$", "^a^b", "#x",
    "%1", "%s\\n", "$HOME", "${HOME}", "$(touch here)", "`touch here`", "$((1+1))", "$[1+1]", "<(touch here)",
    "=(touch here)", ">here", "touch here", "&& touch here", "|touch here", "; touch here", "\ntouch here\n",
    "\r\ntouch here", "& touch here", "'", '"', "''", "'\\''", "'; touch here; '", '"; touch here; "', "\\", "\\\\",
    "x\\", "\\'", "\\n", "\\x41", "\\101", "\\u0041", "$'\\n'", "$env:HOME", "@{a=1}", "@(touch here)",
    "$(touch here)\u2019; touch here; \u2018", "`n", "`$", "--%", "a\\\n", "\n", "\n\n", "\t", "\x1b[31m", "\x07",
    "\x7f", "\x01", "a\vb\fc", "(touch here)", "; and touch here", "\u00e9", "\u4e2d\u6587", "\U0001f600", "e\u0301",
    "\u202e", "\ufeff", "\u2028", SPECIAL, SPECIAL[::-1], "".join(map(chr, range(1, 256))), QUOTES, "end\u2019",
    "x" * 65536, "'" * 4096, "\u2019" * 1024, "\\" * 1023,
)  # fmt: skip
NOT_UTF8 = tuple(
    map(os.fsdecode, (b"\xff", b"caf\xe9", b"\xc3", b"\xe2\x80", b"'\xff'", b"\xff\\", b"\x80\n", b"\xed\xa0\x80"))
)


def _drawn(count: int) -> tuple[str, ...]:
    """Strings of what shells treat specially, the same at every run."""
    dice = random.Random(20261124)
    alphabet = "'\"\\$`(){}[]<>|&;*?!#~%^=:@,.- \t\n\r\x1bxu01abn" + QUOTES
    return tuple("".join(dice.choices(alphabet, k=dice.randint(1, 24))) for _ in range(count))


CODES = (*range(1, 48), *range(0x2010, 0x2030))
PAIRS = tuple((value, NEIGHBOUR) for value in WORDS) + tuple(
    (f"x{chr(code)}y\\", drawn) for code, drawn in zip(CODES, _drawn(len(CODES)), strict=True)
)
BYTES = tuple((value, NEIGHBOUR) for value in NOT_UTF8)
# So many snippets, of names of their own, are evaluated before somebody looks.
BATCH = 25
READ = """\
import json, os, sys
found = {os.fsdecode(name): value.hex() for name, value in os.environb.items() if name[:5] == b"VALUE"}
print(json.dumps(found), file=open(sys.argv[1], "a"))
"""


def read_back(home: Home, shell: Shell, pairs: Sequence[tuple[str, str]], before: str = "") -> list[tuple[str, str]]:
    """What programs of that shell see in the two variables of each snippet."""
    program, notes = home.root / "read.py", home.root / "values"
    program.write_text(READ)
    look = f"{shell.call}{sys.executable} -IS {program} {notes}"
    lines, found = [before], []
    for number in range(0, len(pairs), BATCH):
        batch = enumerate(pairs[number : number + BATCH])
        lines += [SHELLS[shell.name].render({f"VALUE{i}A": one, f"VALUE{i}B": two}) for i, (one, two) in batch]
        lines.append(look)
    ran = home.script(shell, lines)
    assert (ran.status, ran.out, ran.err) == (0, "", "")
    for number, line in enumerate(notes.read_text().splitlines()):
        values = {name: os.fsdecode(bytes.fromhex(value)) for name, value in json.loads(line).items()}
        here = range(len(pairs[number * BATCH : (number + 1) * BATCH]))
        found += [(values[f"VALUE{i}A"], values[f"VALUE{i}B"]) for i in here]
    return found


def test_values_come_back_byte_for_byte(home: Home, shell: Shell) -> None:
    pairs = PAIRS + (BYTES if shell.name != "pwsh" else ())
    assert read_back(home, shell, pairs) == list(pairs)
    assert home.left_behind() == []


def test_powershell_refuses_what_it_cannot_hold() -> None:
    for value in NOT_UTF8:
        with pytest.raises(ShellError):
            SHELLS["pwsh"].render({"AWS_PROFILE": value})


MODES = {
    "bash posix": ("bash", "set -o posix; set -euf; IFS=abc/."),
    "bash C locale": ("bash", "export LC_ALL=C"),
    "zsh emulate sh": ("zsh", "emulate sh"),
    "zsh emulate csh": ("zsh", "emulate csh"),
    "zsh options": ("zsh", "setopt rc_quotes glob_subst sh_word_split magic_equal_subst extended_glob all_export"),
    "zsh C locale": ("zsh", "export LC_ALL=C"),
    "fish C locale": ("fish", "set -gx LC_ALL C"),
}


@pytest.mark.parametrize(("shell", "before"), MODES.values(), ids=MODES, indirect=["shell"])
def test_values_under_other_options(home: Home, shell: Shell, before: str) -> None:
    """A script with options of its own evaluates a snippet that `--shell` printed."""
    assert read_back(home, shell, PAIRS[: len(WORDS)], before) == list(PAIRS[: len(WORDS)])
    assert home.left_behind() == []
