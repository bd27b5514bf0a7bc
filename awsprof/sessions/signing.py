"""Who signs the requests of a rotation: the MFA session or the key in the file; whose they are; patience with both."""

from __future__ import annotations

from awsprof import aws
from awsprof.errors import CredentialsError
from awsprof.profiles import model
from awsprof.sessions import renewal
from awsprof.sessions.rotation import OLD_ID
from awsprof.text.display import quoted, safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, TypeVar

    from awsprof.aws import Gate, Keys
    from awsprof.aws.iam import AccessKey
    from awsprof.context import Context
    from awsprof.sessions.rotation import Rotation

    T = TypeVar("T")

# Seconds between two tries with a new key: AWS mostly knows it within ten, and is given two minutes.
_WAITS = (1, 1, 2, 2, 3, 3, *[5] * 22)
SOON = _WAITS[:4]  # for what may as well be gone for good


class Signer:
    """Asks STS and IAM for one rotation.

    Args:
        ctx: the surroundings.
        rotation: the keys of a domain.
        gate: which hosts may be called.
        sleep: waits for some seconds.
    """

    def __init__(self, ctx: Context, rotation: Rotation, gate: Gate, sleep: Callable[[float], None]) -> None:
        self.ctx = ctx
        self.rotation = rotation
        self.gate = gate
        self.sleep = sleep
        self.session = rotation.session(ctx.now())
        device = model.device_of(rotation.known, rotation.domain)
        self.asked = renewal.region(rotation.known, rotation.domain, device, ctx.environ)

    def iam(self) -> Any:
        """Return a client of IAM: through the MFA session if there is one, otherwise by the keys in use."""
        keys = self.session or self.rotation.keys
        return aws.client("iam", keys, profile=self.rotation.name, region=self.asked.region, gate=self.gate)

    def arn(self, keys: Keys) -> str:
        """Return the ARN of the user whose keys these are; raises as `aws.arn_of`."""
        return aws.arn_of(keys, profile=self.rotation.name, region=self.asked.region, gate=self.gate)

    def owner(self, listed: Callable[[], list[AccessKey]]) -> str:
        """Return the ARN of the user whose key is in the file, once the session is known to be that user's.

        IAM acts on the user who signs: with a session of somebody else it would make that user's key. STS is asked
        in the region, at the endpoint, where the new key will be proven: whatever fails there fails before one exists.

        Args:
            listed: returns the keys that IAM lists for the signer.

        Raises:
            CredentialsError: AWS does not accept the key or the session, or they belong to two users.
        """
        if self.session is None:
            return self._owner_of_file()
        signer = self._session_owner(self.session)
        owner = self._owner_of_key(signer, listed)
        if owner != signer:
            raise self._of_another_user(signer, owner)
        return owner

    def _owner_of_file(self) -> str:
        waits = SOON if self.rotation.noted(OLD_ID) else ()  # the key may be seconds old
        return self.once_known(lambda: self.arn(self.rotation.keys), "waiting until AWS knows the new key", waits)

    def _owner_of_key(self, signer: str, listed: Callable[[], list[AccessKey]]) -> str:
        """Return whose the key in the file is. STS does not know an inactive one, but IAM lists it for its user."""
        try:
            return self._owner_of_file()
        except aws.UnknownKeyError:
            if self.rotation.keys.key_id not in {key.key_id for key in listed() if not key.active}:
                raise
        return signer

    def _session_owner(self, session: Keys) -> str:
        try:
            return self.once_known(lambda: self.arn(session), "waiting until AWS knows the MFA session", SOON)
        except aws.UnknownKeyError as error:
            domain = quoted(self.rotation.domain)
            error.what = f"AWS does not accept the MFA session of {domain}"
            error.next_step = f"renew it: awsprof mfa {domain} --force"
            raise

    def _of_another_user(self, signer: str, owner: str) -> CredentialsError:
        domain, name = quoted(self.rotation.domain), quoted(self.rotation.name)
        return CredentialsError(
            f"the MFA session of {domain} belongs to {safe(signer)}, but the key in {name} to {safe(owner)}; "
            "nothing was changed",
            f"make a session with that key: awsprof mfa {domain} --force",
        )

    def once_signed(self, call: Callable[[], T], waits: Sequence[int] = _WAITS) -> T:
        """Call IAM with the key in use, which it may know later than STS does, or with a session that is seconds old.

        Raises:
            UnknownKeyError: IAM still does not know it; the error says which of the two it is.
        """
        domain = quoted(self.rotation.domain)
        signs = f"the MFA session of {domain}" if self.session else quoted(self.rotation.keys.key_id)
        try:
            return self.once_known(call, f"waiting until IAM knows {signs}", waits)
        except aws.UnknownKeyError as error:
            renew = f"awsprof mfa {domain} --force; then " if self.session else ""
            error.what = f"IAM does not accept {signs}, which STS accepts"
            error.next_step = f"{renew}go on in some minutes: awsprof rotate {domain}"
            raise

    def once_known(self, call: Callable[[], T], words: str, waits: Sequence[int] = _WAITS) -> T:
        """Return what a call gives, tried again while AWS does not know the key or session that signs it.

        Args:
            call: the request.
            words: what is waited for.
            waits: the seconds between two tries.

        Raises:
            UnknownKeyError: AWS still does not know it after the last wait.
        """
        waited = 0
        for number, seconds in enumerate(waits):
            try:
                return call()
            except aws.UnknownKeyError:
                self.ctx.say(f"  not yet, after {waited}s" if number else f"{words} (some seconds)")
            self.sleep(seconds)
            waited += seconds
        return call()
