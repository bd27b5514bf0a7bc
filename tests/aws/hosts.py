"""AWS's hosts of STS and IAM, regions and partitions, as botocore's data and AWS's documentation have them."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

# Enabled in every account: docs.aws.amazon.com/global-infrastructure, "Regions enabled by default".
ENABLED = frozenset(
    (
        *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1"),
        *("eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3"),
        *("ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2"),
    )
)


class Host(NamedTuple):
    """What a host of AWS's serves; `v1`: the global endpoint of STS, whose tokens work in no opt-in region."""

    service: str
    region: str
    v1: bool = False


@cache
def partitions() -> list[dict[str, Any]]:
    import botocore  # a test that asks nothing does not pay for it

    data = Path(botocore.__file__).parent / "data/partitions.json"
    found: list[dict[str, Any]] = json.loads(data.read_text())["partitions"]
    return found


def partition_of(region: str) -> str:
    """The partition of a region; empty for none."""
    return next((str(it["id"]) for it in partitions() if re.match(it["regionRegex"], region)), "")


def is_opt_in(region: str) -> bool:
    return partition_of(region) == "aws" and region not in ENABLED


def host(name: str) -> Host | None:
    """What a host serves; None if it is none of AWS's that this server plays."""
    for partition in sorted(partitions(), key=lambda it: -len(it["outputs"]["dnsSuffix"])):
        suffix = re.escape(partition["outputs"]["dnsSuffix"])
        found = re.fullmatch(rf"(?:vpce-[a-z0-9-]+\.)?(sts|iam)(?:\.([a-z0-9-]+))?(?:\.vpce)?\.{suffix}", name)
        if found:
            named = {"us-gov": "us-gov-west-1"}.get(found[2] or "", found[2] or "")
            return Host(found[1], named or partition["outputs"]["implicitGlobalRegion"], name == "sts.amazonaws.com")
    return None
