"""`awsprof rotate`: a new access key for a domain; the old one is inactive once the new one is proven."""

from __future__ import annotations

import time

from awsprof import aws, lookup
from awsprof.aws import iam
from awsprof.cache import keys, refresh
from awsprof.editing import How, Words, confirm, writable
from awsprof.errors import AwsError, AwsprofError, CancelledError, CredentialsError, FileError, UsageError
from awsprof.files import plan
from awsprof.profiles import model, names
from awsprof.sessions import renewal
from awsprof.sessions.rotation import INACTIVE_ID, NEW_ID, NEW_SECRET, OLD_ID, STAND_IN, Rotation
from awsprof.sessions.signing import SOON, Signer
from awsprof.text.display import joined, quoted, safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from awsprof.aws import Gate, Keys
    from awsprof.aws.iam import AccessKey
    from awsprof.context import Context


class Wish:
    """What becomes of the old key: kept as it is, deleted, or made inactive and asked for.

    `hosts` are those, as HOST or HOST:PORT, that may stand in for AWS: a key that they make is worth nothing at AWS.
    """

    __slots__ = ("delete", "hosts", "keep")

    def __init__(self, *, keep: bool = False, delete: bool = False, hosts: Sequence[str] = ()) -> None:
        if keep and delete:
            raise UsageError("--keep-old and --delete-old contradict each other", "choose one")
        self.keep = keep
        self.delete = delete
        self.hosts = hosts


def run(ctx: Context, word: str, wish: Wish, how: How, *, sleep: Callable[[float], None] = time.sleep) -> None:
    """Give a domain's user a new access key, or go on where a run was cut short.

    Args:
        ctx: the surroundings.
        word: the domain, or a profile of it.
        wish: what becomes of the old key.
        how: whether to ask, and whether to do it.
        sleep: how to wait, in seconds.

    Raises:
        AwsprofError: as docs/the-life-of-a-profile.md says; a key that works is in the file.
    """
    known = writable(ctx)
    domain = names.domain_of(lookup.domain_or_profile(ctx, known, word))
    _check_keys(known, domain)
    if how.dry_run:
        _show(ctx, domain)
        return
    gate = aws.Gate(ctx.environ, ctx.say, "the requests for a new access key", allowed=wish.hosts)
    aws.check_endpoints("iam", "sts", profile=names.iam(domain), gate=gate)
    waiting = f"another awsprof is busy with the keys of {quoted(domain)}: waiting for it (Ctrl-C leaves)"
    wait = renewal.WAIT_AT_TERMINAL if ctx.person else renewal.WAIT_WITHOUT_TERMINAL
    with renewal.only_one(ctx.environ, domain, wait=wait, waiting=lambda: ctx.say(waiting)) as alone:
        if not alone:
            raise renewal.refused_waiting(domain)
        _Run(ctx, Rotation(ctx.environ, domain), wish, how, gate, sleep).go()
    refresh.renew(ctx.environ)


def _check_keys(known: model.Profiles, domain: str) -> None:
    keys = renewal.iam_keys(known, domain)
    if keys.key_id.startswith("ASIA"):
        raise CredentialsError(
            f"{quoted(domain)}:iam holds temporary keys: they cannot be rotated",
            f"put the user's own access key there: awsprof add iam {quoted(domain)}",
        )
    renewal.require_key_id(keys, domain)


def _show(ctx: Context, domain: str) -> None:
    """What the credentials file would become, with a new key that is not there yet."""
    rotation = Rotation(ctx.environ, domain)
    for line in plan.preview(rotation.superseding(rotation.new or STAND_IN)):
        ctx.out(line)


class _Run:
    """One rotation under the domain's lock, each step of which a later run can go on from."""

    def __init__(
        self, ctx: Context, rotation: Rotation, wish: Wish, how: How, gate: Gate, sleep: Callable[[float], None]
    ) -> None:
        self.ctx = ctx
        self.rotation = rotation
        self.wish = wish
        self.how = how
        self.gate = gate
        self.signer = Signer(ctx, rotation, gate, sleep)
        self.owner = ""  # the ARN of the user whose key is in the file

    def go(self) -> None:
        try:
            self._steps()
        except AwsprofError as error:
            renewal.explain(error, self.rotation.domain, self.signer.asked)
            raise

    def _steps(self) -> None:
        rotation = self.rotation
        rotation.write(rotation.superseding(STAND_IN), trial=True)  # all that could fail, before AWS makes a key
        self.ctx.say(self.signer.asked.warning)
        self.owner = self.signer.owner(lambda: self._listed(self.signer.iam()))
        if rotation.noted(OLD_ID) and not rotation.new:
            self.ctx.say(f"{quoted(rotation.name)} has its new key already; going on from there")
        else:
            new = self._going_on() or self._made()
            self._prove(new)
            self._put_in_place(new)
        if not self.wish.keep:
            self._retire(rotation.noted(OLD_ID))

    def _going_on(self) -> Keys | None:
        new = self.rotation.new
        if new:
            self.ctx.say(f"going on with {quoted(new.key_id)}, which was made before")
        return new

    # A new key

    def _made(self) -> Keys:
        client = self.signer.iam()
        listed = self.signer.once_signed(lambda: self._listed(client), SOON)
        if len(listed) > 1:
            self._make_room(client, listed)
        if not self.how.force:
            self._ask(listed)
        new, created = self._create(client, listed)
        keys.note_key(self.ctx.environ, new.key_id, created)
        try:
            self.ctx.say(*self.rotation.write(self.rotation.keeping(new)))
        except FileError as error:
            raise FileError(
                f"AWS made the key {new.key_id}, but its secret could not be kept: {error.what}",
                f"the key in the file still works; delete the new one: {iam.delete_by_hand(new.key_id)}",
            ) from None
        self.ctx.say(f"AWS made the key {quoted(new.key_id)}; it stands beside the old one until it is proven")
        return new

    def _listed(self, client: Any) -> list[AccessKey]:
        """All keys of the user; none where IAM does not tell: then making one shows whether there is room."""
        try:
            listed = iam.access_keys(client)
        except aws.DeniedError as error:
            self.ctx.detail(error.what)
            return []
        for key in listed:
            keys.note_key(self.ctx.environ, key.key_id, key.created)
        return listed

    def _ask(self, listed: list[AccessKey]) -> None:
        held = self.rotation.keys.key_id
        known = [iam.told_of(self.signer.iam(), key, self.ctx.now()) for key in listed if key.key_id == held]
        fate = "stays active" if self.wish.keep else "is made inactive"
        words = Words(
            question=f"make a new access key for {quoted(self.rotation.name)}?",
            without_terminal=f"{quoted(self.rotation.name)} would get a new key, and there is no terminal to ask at",
        )
        confirm(self.ctx, words, [*(known or [held]), f"  {fate} once a new key is proven"])

    def _create(self, client: Any, listed: list[AccessKey]) -> tuple[Keys, int]:
        try:
            return self.signer.once_signed(lambda: iam.create(client))
        except iam.LimitError:
            raise self._two_keys(client, listed) from None
        except AwsError as error:
            error.next_step = self._of_lost_key(client, listed) or error.next_step
            raise
        except aws.DeniedError as error:
            raise self._explained(error) from None

    def _of_lost_key(self, client: Any, listed: list[AccessKey]) -> str:
        """Return how to delete a key whose secret did not arrive. IAM may list it some seconds later only."""
        before = {key.key_id for key in listed}
        for seconds in (0, *SOON) if before else ():
            self.signer.sleep(seconds)
            for key in self._listed(client):
                if key.key_id not in before:
                    return f"AWS made {key.key_id}, but its secret did not arrive: {iam.delete_by_hand(key.key_id)}"
        return "try again; if AWS made a key whose secret did not arrive, `aws iam list-access-keys` shows it"

    def _make_room(self, client: Any, listed: list[AccessKey]) -> None:
        """Delete the key that an earlier rotation superseded, where that is wanted; no other."""
        spent = self.rotation.noted(INACTIVE_ID)
        there = [key for key in listed if key.key_id == spent and not key.active]
        if not there or not self._may_delete(spent):
            raise self._two_keys(client, listed)
        self._delete(client, spent)
        self.rotation.write(self.rotation.noting(**{INACTIVE_ID: None}))

    def _two_keys(self, client: Any, listed: list[AccessKey]) -> AwsprofError:
        held = self.rotation.keys.key_id
        told = [
            iam.told_of(client, key, self.ctx.now()) + (f"  ({self.rotation.name})" if key.key_id == held else "")
            for key in listed
        ]
        other = next((key.key_id for key in listed if key.key_id != held), "")
        how = iam.delete_by_hand(other) if other else f"`aws iam list-access-keys` shows both; {quoted(held)} is in use"
        return CredentialsError(
            "AWS allows two access keys, and this user has two already",
            "\n".join([*told, f"delete the one that nothing uses, then try again: {how}"]),
        )

    def _explained(self, error: aws.DeniedError) -> aws.DeniedError:
        """Return a denial that mentions MFA: a policy may ask for a session, or for a code that is not hours old."""
        if names.mfa(self.rotation.domain) in self.rotation.known and not error.above:
            force, why = (" --force", ", if the policy asks for a recent code") if self.signer.session else ("", "")
            error.next_step += f", or renew the MFA session{why}: awsprof mfa {quoted(self.rotation.domain)}{force}"
        return error

    # Its proof

    def _prove(self, new: Keys) -> None:
        try:
            owner = self.signer.once_known(
                lambda: self.signer.arn(new), f"waiting until AWS knows {quoted(new.key_id)}"
            )
        except aws.UnknownKeyError:
            raise AwsError(
                f"AWS does not know the new key {quoted(new.key_id)} yet; the old one still works and is in the file",
                f"go on later: awsprof rotate {quoted(self.rotation.domain)}\n"
                f"or, if it was deleted at AWS, give it up: {self._give_up()}\n"
                f"AWS was asked in {quoted(self.signer.asked.region)}, {self.signer.asked.source}"
                f"{renewal.elsewhere(self.rotation.domain, self.signer.asked, before='; ')}",
            ) from None
        if owner != self.owner:
            raise CredentialsError(
                f"the new key {quoted(new.key_id)} belongs to {safe(owner)}, but the key in "
                f"{quoted(self.rotation.name)} to {safe(self.owner)}; the key in the file was not replaced",
                f"give the new key up: {self._give_up()}\nand delete it at AWS: {iam.delete_by_hand(new.key_id)}",
            )

    def _give_up(self) -> str:
        return f"awsprof unset {quoted(self.rotation.name)} {NEW_ID} {NEW_SECRET}"

    def _put_in_place(self, new: Keys) -> None:
        rotation = self.rotation
        ended = renewal.ended_by_another_key(rotation.known, rotation.domain, new.key_id)
        old = rotation.keys.key_id
        self.ctx.say(*rotation.write(rotation.superseding(new)))
        self.ctx.say(f"{quoted(rotation.name)} has the new key {quoted(new.key_id)}: AWS takes it")
        others = sorted(name for name, profile in rotation.known.items() if profile.get(model.KEY_ID) == old)
        if others:
            self.ctx.say(
                f"the old key stands in {joined(map(quoted, others))}, too: put the new one there, or remove it"
            )
        if ended:
            domain = quoted(rotation.domain)
            self.ctx.say(f"the session of {domain} was made with the old key; renew it: awsprof mfa {domain}")

    # The old key

    def _retire(self, old: str) -> None:
        client = self.signer.iam()
        try:
            there = self.signer.once_signed(lambda: iam.make_inactive(client, old))
        except aws.UnknownKeyError:
            raise AwsError(
                f"the old key {quoted(old)} is still active", f"go on: awsprof rotate {quoted(self.rotation.domain)}"
            ) from None
        except aws.DeniedError as error:
            raise self._explained(error) from None
        gone = f"IAM has no key {quoted(old)} of this user: it was deleted, or is another user's"
        self.ctx.say(f"the old key {quoted(old)} is inactive" if there else gone)
        deleted = not there
        if there and self._may_delete(old):
            self._delete(client, old)
            deleted = True
        # Noted last: a run that was cut short before goes on here.
        self.rotation.write(self.rotation.noting(**{OLD_ID: None, INACTIVE_ID: None if deleted else old}))

    def _may_delete(self, key_id: str) -> bool:
        """Whether the person wants a superseded, inactive key deleted. `--yes` alone does not say so."""
        if self.wish.delete:
            return True
        if self.ctx.person is None or self.how.force:
            return False
        try:
            return self.ctx.person.yes(f"delete {quoted(key_id)} at AWS for good?")
        except CancelledError:
            return False

    def _delete(self, client: Any, key_id: str) -> None:
        try:
            there = self.signer.once_signed(lambda: iam.delete(client, key_id))
        except aws.DeniedError as error:
            raise self._explained(error) from None
        self.ctx.say(f"deleted {quoted(key_id)} at AWS" if there else f"IAM has no key {quoted(key_id)} any more")
