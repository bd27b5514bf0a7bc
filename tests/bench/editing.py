"""One edit among many profiles, in process, beside botocore's own parse of the same files; imports not counted.

Run by itself it does one of the two once, and prints milliseconds and the most memory it held in KiB.
"""

import gc
import json
import os
import resource
import subprocess
import sys
import time
from typing import NamedTuple


class Edit(NamedTuple):
    """What an edit costs beside botocore's parse of both files, done twice."""

    edit_ms: float
    parse_ms: float
    edit_kib: int
    parse_kib: int


def measure(environ: dict[str, str]) -> Edit:
    """Both, each in a process of its own, the best of three."""
    edit, parse = (min(_once(what, environ) for _ in range(3)) for what in ("edit", "parse"))
    return Edit(edit[0], parse[0], edit[1], parse[1])


def _once(what: str, environ: dict[str, str]) -> tuple[float, int]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.editing", what],
        env=environ | {"PYTHONPATH": os.getcwd()},
        capture_output=True,
        text=True,
        check=True,
    )
    ms, kib = json.loads(done.stdout)
    return ms, kib


def _edit() -> None:
    from awsprof.files import plan, read

    gc.disable()
    config, credentials = read.paths(os.environ)
    steps = [
        plan.Step(credentials, {"d0:iam": {"aws_access_key_id": f"AKIA{time.time_ns() % 10**16:016}"}}, config=False),
        plan.Step(config, {"d0:role1": {"region": f"eu-west-{time.time_ns() % 1000}"}}, config=True),
    ]
    plan.carry_out(steps)


def _parse() -> None:
    from botocore import configloader

    for _ in range(2):
        for name in ("config", "credentials"):
            configloader.raw_config_parse(os.path.expanduser(f"~/.aws/{name}"))


if __name__ == "__main__":
    import boto3  # noqa: F401 - imports are not counted

    from awsprof.files import plan, read  # noqa: F401 - the same

    run = _edit if sys.argv[1] == "edit" else _parse
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.perf_counter()
    run()
    spent = (time.perf_counter() - begun) * 1000
    print(json.dumps([spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before]))
