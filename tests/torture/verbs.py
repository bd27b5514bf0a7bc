"""The verbs that write, in one table: a new verb is one row. All that is forced here is forced on each of them."""

from typing import NamedTuple


class Verb(NamedTuple):
    """A command line, its stdin, the fewest profiles (world.PROFILES) that it can work on, and the active one.

    `<CODE>`, `<DEVICE>`, `<ROLE>`, `<ID>` and `<SECRET>` stand for what a world has; `<CODE>` is a new one each time.
    """

    words: str
    given: str
    needs: tuple[str, ...]
    active: str = ""


KEYS = ("work:iam",)
SESSION = ("work:iam", "work:mfa")
DOMAIN = ("work:iam", "work:mfa", "work:dev")
OTHERS = ("me", "old")

VERBS = {
    "add iam": Verb("add iam new --stdin --region eu-west-1", "<ID>\n<SECRET>\n", ()),
    "add iam --force": Verb("add iam work --force --stdin", "<ID>\n<SECRET>\n", SESSION),
    "add mfa": Verb("add mfa work --device-arn <DEVICE>x --force", "", KEYS),
    "add role": Verb("add role work:ops --role-arn <ROLE> --region eu-west-1", "", SESSION),
    "add role --force": Verb("add role work:dev --role-arn <ROLE>x --force", "", DOMAIN),
    "mfa": Verb("mfa work --force --code -", "<CODE>\n", SESSION),
    "set": Verb("set work:iam region=us-east-1 s3.max_queue_size=20 --yes", "", KEYS),
    "set a secret": Verb("set work:iam aws_secret_access_key=- --yes", "<SECRET>\n", KEYS),
    "unset": Verb("unset work:iam region --yes", "", KEYS),
    "rename": Verb("rename me you --yes", "", OTHERS),
    "rename a domain": Verb("rename work: acme: --yes", "", DOMAIN),
    "remove": Verb("remove old me --yes", "", OTHERS),
    "remove --cascade": Verb("remove work: --cascade --yes", "", DOMAIN),
    "rotate": Verb("rotate work --yes --allow-endpoint 127.0.0.1", "", KEYS),
    "rotate --delete-old": Verb("rotate work --yes --delete-old --allow-endpoint 127.0.0.1", "", SESSION),
    "adopt": Verb("adopt me --domain acme --yes", "", OTHERS),
    "adopt --move": Verb("adopt me --domain acme --move --yes", "", OTHERS),
    "init --install": Verb("init bash --install", "", ()),
}

# The commands that write nothing but the cache, as they are run to see that. What `use --mfa` writes, `mfa` writes.
READERS = {
    "list": "list",
    "ls": "ls",
    "domains": "domains",
    "show": "show work:dev",
    "status": "status",
    "whoami": "whoami work:mfa",
    "current": "current",
    "use": "use work:dev --shell bash",
    "off": "off --shell bash",
    "init": "init bash",
    "cache": "cache",
}
