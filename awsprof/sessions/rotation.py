"""How far the rotation of a domain's access key has come, as the credentials file says it.

The new pair stands beside the old one, under settings that AWS tools ignore, until AWS takes it; then one replacement
puts it in place. So a key that works is in the file at any moment, and a new one is never lost:

    awsprof_new_access_key_id, awsprof_new_secret_access_key    made, not proven yet
    awsprof_old_access_key_id                                   superseded by a proven key, still active
    awsprof_inactive_access_key_id                              superseded, inactive, not deleted
"""

from __future__ import annotations

from awsprof.aws import Keys
from awsprof.files import plan, read
from awsprof.profiles import expiry, model, names
from awsprof.profiles.model import KEY_ID, LEGACY_TOKEN, SECRET, TOKEN, Profile
from awsprof.sessions import renewal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from awsprof.files.plan import Step
    from awsprof.files.read import Changes, Settings
    from awsprof.profiles.model import Profiles

NEW_ID, NEW_SECRET = "awsprof_new_access_key_id", "awsprof_new_secret_access_key"
OLD_ID = "awsprof_old_access_key_id"
INACTIVE_ID = "awsprof_inactive_access_key_id"
STAND_IN = Keys("AKIA" + "X" * 16, "X" * 40)


class Rotation:
    """The keys of one domain: those in use, the new ones that are not proven yet, and those before."""

    __slots__ = ("domain", "environ", "known", "name")

    def __init__(self, environ: Mapping[str, str], domain: str) -> None:
        self.environ = environ
        self.domain = domain
        self.name = names.iam(domain)
        self.known: Profiles = model.load(environ)

    @property
    def keys(self) -> Keys:
        """The keys in use; raises NoSuchProfileError where there are none."""
        return renewal.iam_keys(self.known, self.domain)

    def noted(self, setting: str) -> str:
        """The id of a key in another state, by the setting that holds it."""
        return self.known[self.name].get(setting)

    @property
    def new(self) -> Keys | None:
        """A key that was made and is not in use yet."""
        pair = self.noted(NEW_ID), self.noted(NEW_SECRET)
        return Keys(*pair) if all(pair) else None

    def session(self, now: float) -> Keys | None:
        """The domain's MFA session, where it is known to last: many policies ask for one."""
        held = self.known.get(names.mfa(self.domain)) or Profile("")
        if expiry.state_of(held, now).state != expiry.VALID:
            return None
        return Keys(held.get(KEY_ID), held.get(SECRET), held.get(TOKEN))

    def keeping(self, new: Keys) -> list[Step]:
        """The edit that puts a new pair beside the one in use."""
        return [self._credentials({NEW_ID: new.key_id, NEW_SECRET: new.secret})]

    def superseding(self, new: Keys) -> list[Step]:
        """The edits that put a new pair in the place of the one in use."""
        settings: dict[str, str | None] = {
            KEY_ID: new.key_id,
            SECRET: new.secret,
            TOKEN: None,
            LEGACY_TOKEN: None,
            NEW_ID: None,
            NEW_SECRET: None,
            OLD_ID: self.keys.key_id,
        }
        ended = renewal.ended_by_another_key(self.known, self.domain, new.key_id)
        stale = [key for key in settings if key in self.known[self.name].config]
        config: Changes = {self.name: dict.fromkeys(stale), **ended}
        cleaned = plan.Step(read.paths(self.environ)[0], config, config=True, optional=True)  # credentials win anyway
        steps = [self._credentials(settings, ended), cleaned]
        return plan.changing(steps)

    def noting(self, **settings: str | None) -> list[Step]:
        """The edit that notes how far it has come."""
        return [self._credentials(settings)]

    def _credentials(self, settings: Settings, also: Changes | None = None) -> Step:
        return plan.Step(read.paths(self.environ)[1], {self.name: settings, **(also or {})}, config=False)

    def write(self, steps: list[Step], *, trial: bool = False) -> list[str]:
        """Carry edits out and read the files anew; gives warnings."""
        warnings = plan.carry_out(steps, trial=trial)
        self.known = model.load(self.environ)
        return warnings
