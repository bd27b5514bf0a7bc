"""`init`: the hook of a shell, byte for byte."""

import subprocess
import sys
from pathlib import Path

import pytest

from awsprof.commands import init
from awsprof.errors import UsageError
from awsprof.shell.table import HOOKED, SHELLS, quote_pwsh
from tests.conftest import Home

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize("name", [name for name in HOOKED if name != "pwsh"])
def test_the_hook_is_printed_as_it_stands(home: Home, name: str) -> None:
    home.call_without_hook(lambda ctx: init.run(ctx, name))
    assert home.out == (ROOT / "shells" / SHELLS[name].hook).read_text(encoding="utf-8")
    assert home.err == ""


@pytest.mark.parametrize("name", ["pwsh", "powershell", "PWSH"])
def test_powershell_imports_the_module_by_its_path(home: Home, name: str) -> None:
    home.call_without_hook(lambda ctx: init.run(ctx, name))
    assert home.out == f"Import-Module -Name {quote_pwsh(str(ROOT / 'shells' / 'awsprof.psd1'))}\n"


def test_another_shell(home: Home) -> None:
    with pytest.raises(UsageError, match="does not speak tcsh"):
        home.call(lambda ctx: init.run(ctx, "tcsh"))


def test_a_bare_init_finds_the_running_shell(home: Home) -> None:
    script = f"{sys.executable} -m awsprof init | head -c 99999; true"
    done = subprocess.run(
        ["bash", "-c", script], cwd=ROOT, env=home.environ, capture_output=True, text=True, timeout=60
    )
    assert done.stdout == (ROOT / "shells" / "awsprof.bash").read_text(encoding="utf-8")
