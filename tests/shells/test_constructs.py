"""Constructs that older versions of bash and fish read differently, and that the hooks therefore avoid."""

import re

import pytest

from .shells import CHECKOUT

# What to avoid, as a regular expression over the lines that are no comments, and the versions that need it.
AVOIDED = {
    "bash 3.2 joins a slice if IFS contains no space": ("bash", r"\[@\]:"),
    "bash 3.2 to 4.4 joins an unquoted slice with a space": ("bash", r"\[\[ (?:[^\"]|\"[^\"]*\")*?\$\{\w+\[\*\]"),
    "bash 3.2 has no associative arrays, ${x,,}, mapfile or &>>": ("bash", r"(declare|local) -A|\$\{\w+,,|mapfile|&>>"),
    "fish before 3.5 refuses builtin path": ("fish", r"builtin path"),
    "fish 3.1 has no open-ended slices": ("fish", r"\[-?\d*\.\.\]|\[\.\."),
    "fish 3.1 erases one variable at a time": ("fish", r"set (--erase|-e)( -\S+)* \w+ \w+"),
    "fish 4 takes ? literally": ("fish", r"string match(?! -\w*r)[^;]* '[^']*\?"),
    "fish before 3.4 has no $()": ("fish", r"\$\(\w"),
}


@pytest.mark.parametrize(("shell", "pattern"), AVOIDED.values(), ids=AVOIDED)
def test_the_hook_avoids(shell: str, pattern: str) -> None:
    code = (CHECKOUT / f"awsprof.{shell}").read_text().partition("# >>> generated")[0].splitlines()
    assert [line for line in code if not line.lstrip().startswith("#") and re.search(pattern, line)] == []
