"""What the checking STS knows: one AWS account with its users, their MFA devices, roles and access keys."""

import base64
import secrets
from collections.abc import Callable
from itertools import count
from threading import RLock
from typing import NamedTuple

from . import totp

STEP = 30
BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

Clock = Callable[[], float]


class AwsError(Exception):
    """An error answer of AWS."""

    def __init__(self, code: str, message: str, status: int = 403) -> None:
        super().__init__(code, message)
        self.code, self.message, self.status = code, message, status


def unique_id(prefix: str) -> str:
    return prefix + "".join(secrets.choice(BASE32) for _ in range(16))


def secret_key() -> str:
    """40 characters of base64, always with a `/` and a `+`: the characters that careless quoting breaks."""
    while True:
        secret = base64.b64encode(secrets.token_bytes(30)).decode()
        if "/" in secret and "+" in secret:
            return secret


class Device:
    """A virtual MFA device. The phone and AWS's copy of it are one object, so that they share one TOTP clock.

    That clock runs with the machine's and is moved on where a test wants codes faster than one in 30 seconds.
    """

    def __init__(self, arn: str, clock: Clock, lock: RLock) -> None:
        self.arn, self.name = arn, arn.rpartition("/")[2]
        self.secret = base64.b32encode(secrets.token_bytes(20)).decode()
        self._clock, self._lock = clock, lock
        self._ahead = 0
        self._last = -1
        self._spent: set[int] = set()

    def code(self, steps: int = 0) -> str:
        """The code of the step that many after (or before) the current one; this hands out nothing."""
        return self._of_step(self._step() + steps)

    def next_code(self) -> str:
        """A code that works at once and that nobody had or used before.

        A third code within one step moves the clock on; so the three newest codes are right at any time.
        """
        with self._lock:
            now = self._step()
            fresh = max(now, self._last + 1)
            # One in a million: two neighbours alike, and the second would count as used.
            while self._of_step(fresh) in {self._of_step(fresh - 1), self._of_step(fresh - 2)}:
                fresh += 1
            self._ahead += max(0, fresh - now - 1)
            self._last = fresh
            return self._of_step(fresh)

    def wrong_code(self) -> str:
        """Six digits that are wrong now and stay so for some minutes."""
        right = {self.code(steps) for steps in range(-3, 20)}
        return next(wrong for wrong in map("{:06}".format, count()) if wrong not in right)

    def accept(self, given: str) -> bool:
        """Check a code as AWS does: the step before, this or the next one, and each code once."""
        with self._lock:
            now = self._step()
            steps = {step for step in (now - 1, now, now + 1) if self._of_step(step) == given}
            fresh = bool(steps) and not steps & self._spent
            self._spent |= steps
            self._last = max(steps | {self._last})
            return fresh

    def _step(self) -> int:
        return int(self._clock() // STEP) + self._ahead

    def _of_step(self, step: int) -> str:
        return totp.code(self.secret, step * STEP, STEP)


class Key:
    """An access key and whom it speaks for. A temporary one has an end (server time, seconds since 1970), a token."""

    def __init__(
        self, arn: str, user_id: str, user: "User | None" = None, expires: int | None = None, mfa: bool = False
    ) -> None:
        self.arn, self.user_id, self.user = arn, user_id, user
        self.expires, self.mfa, self.active = expires, mfa, True
        self.temporary = expires is not None
        self.created = 0.0  # server time; set when the account gets it
        self.mfa_at: float | None = None  # server time of the code, for a session made with one
        self.everywhere = True  # a token of the global endpoint does not work in opt-in regions
        self.unknown_for = 0  # how many more requests are answered as if AWS did not know it yet
        self.unlisted_for = 0  # how many more lists leave it out
        self.used: tuple[float, str, str] | None = None  # when last, for which service, in which region
        self.access_key_id = unique_id("ASIA" if self.temporary else "AKIA")
        self.secret_access_key = secret_key()
        self.token = "IQoJb3JpZ2luX2Vj" + base64.b64encode(secrets.token_bytes(241)).decode() if self.temporary else ""

    @property
    def partition(self) -> str:
        return self.arn.split(":")[1]


class User:
    """An IAM user, or the account's root user, with one access key."""

    def __init__(self, name: str, arn: str, user_id: str) -> None:
        self.name, self.arn, self.user_id = name, arn, user_id
        self.key = Key(arn, user_id, self)
        self.devices: list[Device] = []
        self.fido_arn = ""
        self.other_serials: list[str] = []  # further devices, listed only
        self.root = False
        self.may_list_devices = True
        self.denied: set[str] = set()  # permissions on their own keys that they lack: iam:CreateAccessKey
        self.forbidden_by = ""  # the ARN of a service control policy that denies them IAM
        self.needs_mfa = False  # whether a policy denies them IAM without MFA
        self.mfa_within: float | None = None  # seconds: the policy denies them IAM with an older code
        self.new_keys_unknown_for = 0
        self.new_keys_unlisted_for = 0

    @property
    def access_key_id(self) -> str:
        return self.key.access_key_id

    @property
    def secret_access_key(self) -> str:
        return self.key.secret_access_key

    @property
    def active(self) -> bool:
        return self.key.active

    @active.setter
    def active(self, active: bool) -> None:
        self.key.active = active

    @property
    def device(self) -> Device | None:
        """The first device; None for a user without one."""
        return self.devices[0] if self.devices else None

    @property
    def device_arn(self) -> str:
        """The serial number of the first device; empty for a user without one."""
        return self.device.arn if self.device else ""

    @property
    def totp_secret(self) -> str:
        return self.device.secret if self.device else ""

    @property
    def serials(self) -> list[str]:
        """Every MFA device as IAM lists them, security keys too."""
        return [arn for arn in (*(it.arn for it in self.devices), self.fido_arn, *self.other_serials) if arn]

    def code(self, steps: int = 0) -> str:
        return self._phone().code(steps)

    def next_code(self) -> str:
        return self._phone().next_code()

    def wrong_code(self) -> str:
        return self._phone().wrong_code()

    def _phone(self) -> Device:
        if self.device is None:
            raise LookupError(f"{self.name} has no virtual MFA device")
        return self.device


class Role(NamedTuple):
    """A role and what its trust policy asks for; `trusts` is an account number."""

    name: str
    arn: str
    role_id: str
    require_mfa: bool
    max_seconds: int
    external_id: str | None
    trusts: str


class Account:
    """One account. Whoever reads or changes it from more than one thread holds `lock`."""

    def __init__(self, number: str, clock: Clock) -> None:
        self.number, self.clock, self.lock = number, clock, RLock()
        self.users: dict[str, User] = {}
        self.roles: dict[str, Role] = {}
        self.keys: dict[str, Key] = {}
        self.not_enabled: set[str] = set()  # opt-in regions that the account has not enabled
        self.sts_off: set[str] = set()  # regions in which STS is not activated
        self.page_size = 100

    def add_user(self, name: str, *, mfa: bool, root: bool, may_list_devices: bool, fido: bool, partition: str) -> User:
        iam = f"arn:{partition}:iam::{self.number}"
        user = User(name, f"{iam}:root", self.number) if root else User(name, f"{iam}:user/{name}", unique_id("AIDA"))
        user.root, user.may_list_devices = root, may_list_devices
        device = "root-account-mfa-device" if root else name
        user.devices = [Device(f"{iam}:mfa/{device}", self.clock, self.lock)] if mfa else []
        user.fido_arn = f"{iam}:u2f/user/{name}/key-{unique_id('')}" if fido else ""
        with self.lock:
            self.users[name] = user
        self.add_key(user.key)
        return user

    def add_device(self, user: User, serial: str) -> Device:
        """Give a user one more device: a virtual one by its ARN, or a hardware token by its serial number."""
        device = Device(serial, self.clock, self.lock)
        user.devices.append(device)
        return device

    def add_role(self, role: Role) -> Role:
        with self.lock:
            self.roles[role.arn] = role
        return role

    def add_key(self, key: Key) -> Key:
        with self.lock:
            key.created = self.clock()
            self.keys[key.access_key_id] = key
        return key

    def device(self, name: str) -> Device | None:
        """The virtual device of that name, the last part of its serial number."""
        with self.lock:
            devices = [device for user in self.users.values() for device in user.devices]
        return next((device for device in devices if device.name == name), None)
