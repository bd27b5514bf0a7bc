"""What is installed from a wheel, an sdist or a checkout: it starts, and it finds its hook files."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest

import awsprof
from awsprof.cli import manual
from awsprof.shell.environment import MANAGED, MASKS
from awsprof.shell.table import HOOKED, SHELLS, quote_pwsh

# One worker builds for all of these.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("package")]

ROOT = Path(__file__).parents[1]
HOOKS = sorted(path.name for path in (ROOT / "shells").iterdir())
SOURCES = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "awsprof").rglob("*.py"))


class Installed(NamedTuple):
    """A virtual environment with awsprof in it, and where the package and its hook files must be."""

    folder: Path
    package: Path
    hooks: Path

    def run(self, *words: str) -> str:
        """What a program of this environment prints. The current folder holds nothing to import."""
        environ = {"PATH": f"{self.folder / 'bin'}{os.pathsep}{os.defpath}", "HOME": str(self.folder)}
        done = subprocess.run(
            [str(self.folder / "bin" / words[0]), *words[1:]],
            cwd=self.folder,
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        assert (done.returncode, done.stderr) == (0, ""), words
        return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The wheel and the sdist of this checkout, and the checkout itself."""
    dist = tmp_path_factory.mktemp("dist")
    # Given together, each is built from the checkout; by default the wheel would be built from the sdist.
    run_python("-m", "build", "--no-isolation", "--wheel", "--sdist", "--outdir", str(dist), str(ROOT))
    return {"wheel": next(dist.glob("*.whl")), "sdist": next(dist.glob("*.tar.gz")), "editable": ROOT}


@pytest.fixture(scope="module", params=["wheel", "sdist", "editable"])
def installed(
    request: pytest.FixtureRequest, built: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Installed:
    folder = tmp_path_factory.mktemp(request.param)
    libraries = new_venv(folder)
    # The dependencies of the environment that runs the tests, but not its awsprof: a .pth in there is not followed.
    (libraries / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    editable = ["--editable"] if request.param == "editable" else []
    install(folder, "--no-deps", "--no-build-isolation", "--no-index", *editable, str(built[request.param]))
    if editable:
        return Installed(folder, ROOT / "awsprof", ROOT / "shells")
    return Installed(folder, libraries / "awsprof", libraries / "awsprof" / "shells")


def new_venv(folder: Path) -> Path:
    """Make a virtual environment and give its site-packages."""
    run_python("-m", "venv", "--without-pip", str(folder))
    return next((folder / "lib").glob("python*/site-packages"))


def install(folder: Path, *what: str) -> None:
    run_python("-m", "pip", "--python", str(folder / "bin/python"), "install", "--quiet", *what)


def run_python(*words: str) -> None:
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_version(installed: Installed) -> None:
    assert installed.run("awsprof", "--version") == f"awsprof {awsprof.__version__}\n"


def test_python_m(installed: Installed) -> None:
    assert installed.run("python", "-m", "awsprof", "--version") == f"awsprof {awsprof.__version__}\n"


def test_it_is_this_one(installed: Installed) -> None:
    place = installed.run("python", "-c", "import awsprof; print(awsprof.__path__[0])")
    assert place == f"{installed.package}\n"


@pytest.mark.parametrize("shell", [name for name in HOOKED if name != "pwsh"])
def test_init_prints_the_hook(installed: Installed, shell: str) -> None:
    assert installed.run("awsprof", "init", shell) == (ROOT / "shells" / SHELLS[shell].hook).read_text()


def test_init_pwsh_names_the_module(installed: Installed) -> None:
    module = installed.hooks / SHELLS["pwsh"].hook
    assert installed.run("awsprof", "init", "pwsh") == f"Import-Module -Name {quote_pwsh(str(module))}\n"
    assert module.is_file()


def test_hook_files_are_those_of_the_checkout(installed: Installed) -> None:
    assert {path.name: path.read_bytes() for path in installed.hooks.iterdir()} == {
        name: (ROOT / "shells" / name).read_bytes() for name in HOOKS
    }


def test_what_is_in_the_wheel(built: dict[str, Path]) -> None:
    names = zipfile.ZipFile(built["wheel"]).namelist()
    of_the_package = sorted(name for name in names if ".dist-info/" not in name and ".data/" not in name)
    assert of_the_package == sorted([*SOURCES, "awsprof/py.typed", *(f"awsprof/shells/{name}" for name in HOOKS)])
    assert [name for name in names if name.endswith(".dist-info/licenses/LICENSE")]
    assert [name for name in names if name.endswith(".data/data/share/man/man1/awsprof.1")]


def test_the_man_page_comes_along(installed: Installed) -> None:
    page = installed.folder / "share/man/man1/awsprof.1"
    assert installed.hooks == ROOT / "shells" or page.read_text() == (ROOT / manual.PATH).read_text()


def test_the_man_page_is_of_these_commands() -> None:
    assert (ROOT / manual.PATH).read_text() == manual.page(), "run `make manual`"


def test_the_man_page_lists_every_exit_status_and_variable() -> None:
    page = manual.page().replace("\\-", "-")
    status, environment = page.partition(".SH EXIT STATUS")[2].split(".SH ")[:2]
    documented = re.findall(r"^\| (\d+) \|", (ROOT / "docs/exit-codes-and-json.md").read_text(), re.MULTILINE)
    assert re.findall(r"^\.B (\d+)$", status, re.MULTILINE) == documented
    ours = re.findall(r"AWSPROF_[A-Z]+", "".join(path.read_text() for path in (ROOT / "docs").glob("*.md")))
    internal = {"AWSPROF_HOOK", "AWSPROF_OUT", "AWSPROF_TORTURE"}  # for one call of the hook, or for the tests
    assert [name for name in {*ours, *MASKS, *MANAGED} - internal if name not in environment] == []


@pytest.mark.skipif(not shutil.which("man"), reason="man is not installed")
def test_the_man_page_has_no_mistakes() -> None:
    words = ["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", str(ROOT / manual.PATH)]
    done = subprocess.run(words, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_what_is_in_the_sdist(built: dict[str, Path]) -> None:
    with tarfile.open(built["sdist"]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {
        *SOURCES,
        "awsprof/py.typed",
        *(f"shells/{name}" for name in HOOKS),
        "pyproject.toml",
        "README.md",
        "LICENSE",
    }
    assert wanted - names == set()
    tops = {name.partition("/")[0] for name in names if "/" in name}
    assert tops <= {"awsprof", "shells", "tests", "docs"}


def build_again(folder: Path, umask: int, modified: int) -> dict[str, bytes]:
    """What a copy of this checkout is built to: a copy whose files have their own times and the modes of a umask."""
    folder.mkdir(parents=True)
    tracked = [
        it for it in ROOT.iterdir() if it.suffix in {".md", ".toml"} or it.name in {"LICENSE", "Makefile", ".gitignore"}
    ]
    for it in tracked:
        shutil.copy(it, folder)
    for name in ("awsprof", "shells", "tests", "docs"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for it in folder.rglob("*"):
        it.chmod((0o777 if it.is_dir() or it.stat().st_mode & 0o100 else 0o666) & ~umask)
        os.utime(it, (modified, modified))
    words = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder / "dist"), str(folder)]
    environ = {**os.environ, "SOURCE_DATE_EPOCH": "1795435200", "TMPDIR": str(folder.parent)}
    done = subprocess.run(words, cwd="/", env=environ, umask=umask, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return {path.name: path.read_bytes() for path in (folder / "dist").iterdir()}


def test_wheel_and_sdist_are_reproducible(tmp_path: Path) -> None:
    first = build_again(tmp_path / "one", umask=0o022, modified=1_700_000_000)
    second = build_again(tmp_path / "another" / "place", umask=0o077, modified=1_795_000_000)
    assert sorted(path.rpartition(".")[2] for path in first) == ["gz", "whl"]
    assert {name: hashlib.sha256(data).hexdigest() for name, data in first.items()} == {
        name: hashlib.sha256(data).hexdigest() for name, data in second.items()
    }


@pytest.mark.skipif(os.environ.get("CI") != "true", reason="fetches the dependencies; CI does it")
def test_the_wheel_brings_what_it_needs(built: dict[str, Path], tmp_path: Path) -> None:
    libraries = new_venv(tmp_path)
    install(tmp_path, str(built["wheel"]))
    alone = Installed(tmp_path, libraries / "awsprof", libraries / "awsprof" / "shells")
    assert alone.run("awsprof", "list", "--json").strip() == "[]"
    alone.run("python", "-c", "import awsprof.aws, botocore.session, rich, shellingham, typer")
