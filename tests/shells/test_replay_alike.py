"""With answers kept and without, a shell does the same: random days, run both ways in each real shell."""

import os
import random
import shutil
from pathlib import Path

import pytest

from awsprof.shell.guard import SPELLINGS

from .counted import Counted
from .shells import TABLE, Home, Seen, Shell

DAYS = 40 if os.environ.get("AWSPROF_TORTURE") else 2
STEPS = 40
PLACES = ("us-west-2", "eu-west-1", "", "a%20b", "x|y")
# How each shell sets and removes a variable.
SET = {"bash": "export {}='{}'", "zsh": "export {}='{}'", "fish": "set -gx {} '{}'", "pwsh": "$env:{} = '{}'"}
UNSET = {
    "bash": "unset {}",
    "zsh": "unset {}",
    "fish": "set -e {}",
    "pwsh": "Remove-Item -LiteralPath Env:{} -ErrorAction Ignore",
}
NAMES = ("work:dev", "work:prod", "work:mfa", "home:dev", "bare", "dev", "prod", "gone", "-")


def variant(rng: random.Random, kind: str) -> str:
    """A config or a credentials file; no two alike."""
    if kind == "credentials":
        end = rng.choice(["2099-11-24T03:12:05Z", "2098-01-01T00:00:00Z", "2001-01-01T00:00:00Z", "never"])
        token = rng.choice(["aws_session_token = t\n", ""])
        return (
            f"[work:mfa]\naws_access_key_id = A{rng.random()}\naws_secret_access_key = s\n{token}expiration = {end}\n"
        )
    lines = [f"# {rng.random()}"]
    for name in ("work:dev", "work:prod", "home:dev", "bare"):
        if rng.random() < 0.9:
            lines += [f"[profile {name}]", f"role_arn = arn:aws:iam::{rng.randrange(10**12):012}:role/R"]
            lines += [f"source_profile = {rng.choice(['work:mfa', 'work:mfa', 'gone', name])}"]
            lines += [f"region = {rng.choice(['eu-west-1', 'us-east-1', 'ap-southeast-2'])}"] * (rng.random() < 0.7)
    return "\n".join([*lines, "junk" if rng.random() < 0.1 else "", ""])


def write_variants(counted: Counted, rng: random.Random) -> dict[str, list[Path]]:
    """Three of each file, each with a time of its own, long ago."""
    made: dict[str, list[Path]] = {"config": [], "credentials": []}
    for number, kind in enumerate(["config", "credentials"] * 3):
        path = counted.home.root / f"{kind}{number}"
        path.write_text(variant(rng, kind))
        os.utime(path, ns=(10**18 + number * 10**9, 10**18 + number * 10**9 + rng.randrange(10**9)))
        made[kind].append(path)
    return made


def step(rng: random.Random, shell: Shell, counted: Counted, variants: dict[str, list[Path]]) -> str:
    """One line of a day: mostly switches, and all that can come between them."""
    dice = rng.random()
    if dice < 0.6:
        return f"awsprof use {rng.choice(NAMES)}"
    if dice < 0.7:
        return "awsprof off"
    if dice < 0.75:
        return f"awsprof use {rng.choice(NAMES[:5])} --region us-west-1"
    if dice < 0.87:
        kind = rng.choice(sorted(variants))
        target = counted.home.path / ".aws" / kind
        source = rng.choice(variants[kind])
        return rng.choice(
            [f"cp -p --remove-destination {source} {target}", f"ln -sfn {source} {target}", f"rm -f {target}"]
        )
    if dice < 0.89:
        return f"touch -d @{rng.randrange(10**9)} {counted.program}"
    name = rng.choice(["AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_VAULT", "TZ"])
    value = {"AWS_PROFILE": "bare", "TZ": "Asia/Tokyo"}.get(name) or rng.choice(PLACES)
    spelt = SET if rng.random() < 0.5 and (value or shell.name != "pwsh") else UNSET  # pwsh 7.4 cannot set an empty one
    return spelt[shell.name].format(name, value)


def day(counted: Counted, shell: Shell, lines: list[str], config: str, credentials: str) -> tuple[list[Seen], int]:
    """What is seen in a day that begins with these files, and how often the program was called."""
    for path, text in zip(counted.files, (config, credentials), strict=True):
        path.unlink(missing_ok=True)
        path.write_text(text)
        os.utime(path, ns=(10**18, 10**18))
    ran, calls = counted.run(shell, *lines)
    assert len(ran.seen) == len(lines) + 2, ran.err
    return ran.seen, len(calls)


@pytest.mark.parametrize("seed", range(DAYS))
@pytest.mark.parametrize("name", sorted(SPELLINGS))
def test_both_ways_are_one_behaviour(tmp_path: Path, name: str, seed: int) -> None:
    shell, rng = TABLE[name], random.Random(seed)
    shell.find()
    counted = Counted(Home(tmp_path))
    variants = write_variants(counted, rng)
    lines = [step(rng, shell, counted, variants) for _ in range(STEPS)]
    files = variant(rng, "config"), variant(rng, "credentials")
    with_answers, few = day(counted, shell, lines, *files)
    shutil.rmtree(counted.answers.parent)
    counted.answers.parent.write_text("a file where the cache would be: nothing can be kept")
    without, many = day(counted, shell, lines, *files)
    for number, (one, other) in enumerate(zip(with_answers, without, strict=True)):
        assert one == other, f"line {number - 1} of {['', '', *lines][: number + 1]}"
    # A day may have no switch that can be replayed, for example if its sessions are missing. The second one has some.
    assert few < many if seed == 1 else few <= many
