"""What awsprof renders, evaluated by the real shells: every value comes back byte for byte, and nothing is run."""

import json
import os
import random
import sys
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from awsprof.errors import ShellError
from awsprof.shell.table import SHELLS

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
# What a shell could take for its own alone, doubled, at the beginning or at the end.
SINGLES = (*map(chr, range(1, 128)), *map(chr, range(0x2018, 0x2020)), *"\x85\u00b4\uff07\u2028\U0001f600")
PLACED = tuple(form for char in SINGLES for form in (char, char * 2, f"{char}x", f"x{char}"))
VALUES = (*WORDS, *PLACED)
BYTES = (*NOT_UTF8, *(os.fsdecode(bytes([code])) for code in range(128, 256)))


def _drawn(count: int) -> tuple[str, ...]:
    """Strings of what shells treat specially, the same at every run."""
    dice = random.Random(20261124)
    alphabet = "'\"\\$`(){}[]<>|&;*?!#~%^=:@,.- \t\n\r\x1bxu01abn" + QUOTES
    return tuple("".join(dice.choices(alphabet, k=dice.randint(1, 24))) for _ in range(count))


# Each beside a neighbour that must not run, or that is hostile itself.
PAIRS = (
    *((value, NEIGHBOUR) for value in WORDS),
    *((f"{value[:80]}\\", drawn) for value, drawn in zip(WORDS, _drawn(len(WORDS)), strict=True)),
    *zip(PLACED, _drawn(len(PLACED)), strict=True),
)
# So many snippets, of names of their own, are evaluated before somebody looks.
BATCH = 100
READ = """\
import json, os, sys
found = {os.fsdecode(name): value.hex() for name, value in os.environb.items() if name[:5] == b"VALUE"}
print(json.dumps(found), file=open(sys.argv[1], "a"))
"""


def read_back(home: Home, shell: Shell, pairs: Sequence[tuple[str, str]], before: str = "") -> list[tuple[str, str]]:
    """What programs of that shell see in the two variables of each snippet."""
    program, notes = home.root / "read.py", home.root / "values"
    program.write_text(READ)
    notes.unlink(missing_ok=True)
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


def test_there_are_many() -> None:
    assert len(set(VALUES)) > 500


def test_powershell_refuses_what_it_cannot_hold() -> None:
    for value in NOT_UTF8:
        with pytest.raises(ShellError):
            SHELLS["pwsh"].render({"AWS_PROFILE": value})


STRICT_PWSH = "Set-StrictMode -Version Latest; $ErrorActionPreference = 'Stop'"
MODES = {
    "bash": ("bash", ""),
    "bash strict": ("bash", "set -euCf -o pipefail"),
    "bash posix": ("bash", "set -o posix; set -euf; IFS=abc/."),
    "bash options": ("bash", "shopt -s extglob xpg_echo failglob nocasematch; set -H -B -a"),
    "bash C locale": ("bash", "export LC_ALL=C"),
    "zsh": ("zsh", ""),
    "zsh strict": ("zsh", "setopt err_exit no_unset no_clobber pipe_fail"),
    "zsh emulate sh": ("zsh", "emulate sh"),
    "zsh emulate ksh": ("zsh", "emulate ksh"),
    "zsh emulate csh": ("zsh", "emulate csh"),
    "zsh options": ("zsh", "setopt rc_quotes glob_subst sh_word_split magic_equal_subst extended_glob all_export"),
    "zsh more options": ("zsh", "setopt csh_junkie_quotes interactive_comments bang_hist posix_builtins ksh_arrays"),
    "zsh C locale": ("zsh", "export LC_ALL=C"),
    "fish": ("fish", ""),
    "fish C locale": ("fish", "set -gx LC_ALL C"),
    "pwsh": ("pwsh", ""),
    "pwsh strict": ("pwsh", f"{STRICT_PWSH}; $PSNativeCommandUseErrorActionPreference = $true"),
}


@pytest.mark.parametrize(("shell", "before"), MODES.values(), ids=MODES, indirect=["shell"])
def test_values_come_back_byte_for_byte(home: Home, shell: Shell, before: str) -> None:
    """Also where a script with options of its own evaluates what `--shell` printed."""
    pairs = PAIRS + tuple((value, NEIGHBOUR) for value in BYTES if shell.name != "pwsh")
    assert read_back(home, shell, pairs, before) == list(pairs)
    assert home.left_behind() == []


ANY_TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)
ANY_BYTES = st.binary(max_size=40).map(lambda data: os.fsdecode(data.replace(b"\0", b"\n")))


@settings(max_examples=5, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_value_comes_back(home: Home, shell: Shell, data: st.DataObject) -> None:
    value = ANY_TEXT if shell.name == "pwsh" else ANY_TEXT | ANY_BYTES
    # One process of the shell for so many.
    pairs = data.draw(st.lists(st.tuples(value, value), min_size=40, max_size=60))
    assert read_back(home, shell, pairs) == pairs
    assert home.left_behind() == []
