"""IAM's actions on a user's own access keys: two at most, a new one unknown for a while, denials of a policy."""

from .account import AwsError, Key, User
from .actions import ACTIONS, Action, Call, Tree, iso, not_authorized, page

LIMIT = 2
QUOTA = f"Cannot exceed quota for AccessKeysPerUser: {LIMIT}"


def create_access_key(call: Call) -> Tree:
    user = _own(call)
    if len(_keys(call, user)) >= LIMIT:
        raise AwsError("LimitExceeded", QUOTA, 409)
    key = Key(user.arn, user.user_id, user)
    key.unknown_for, key.unlisted_for = user.new_keys_unknown_for, user.new_keys_unlisted_for
    call.account.add_key(key)
    return {"AccessKey": {**_described(key, user), "SecretAccessKey": key.secret_access_key}}


def list_access_keys(call: Call) -> Tree:
    user = _own(call)
    return page(call, "AccessKeyMetadata", [_listed(key, user) for key in _keys(call, user) if not _lags(key)])


def _lags(key: Key) -> bool:
    """Whether a list leaves a new key out (terraform-provider-aws 39693)."""
    key.unlisted_for = max(0, key.unlisted_for - 1) if (late := key.unlisted_for > 0) else 0
    return late


def update_access_key(call: Call) -> Tree:
    key = _found(call, _own(call))
    key.active = call.params["Status"] == "Active"
    return {}


def delete_access_key(call: Call) -> Tree:
    key = _found(call, _own(call))
    del call.account.keys[key.access_key_id]
    return {}


def get_access_key_last_used(call: Call) -> Tree:
    user = _own(call)
    used = _found(call, user).used
    when: Tree = {"LastUsedDate": iso(used[0]), "ServiceName": used[1], "Region": used[2]} if used else {}
    return {"UserName": user.name, "AccessKeyLastUsed": when or {"ServiceName": "N/A", "Region": "N/A"}}


def _own(call: Call) -> User:
    """The user who asks, where their policy lets them."""
    user, permission = call.key.user, f"iam:{call.action}"
    if user and call.key.temporary and not call.key.mfa:
        raise AwsError("InvalidClientTokenId", "The security token included in the request is invalid")
    if user is None:
        raise AwsError("ValidationError", "Must specify userName when calling with non-User credentials", 400)
    if call.params.get("UserName", user.name) != user.name:
        raise AwsError("NoSuchEntity", f"The user with name {call.params['UserName']} cannot be found.", 404)
    why = _denial(call, user, permission)
    if why:
        raise not_authorized(call, permission, f"user {user.name}", why)
    return user


def _denial(call: Call, user: User, permission: str) -> str:
    """Why a policy denies it, in AWS's words; empty if none does."""
    late = user.mfa_within is not None and (call.key.mfa_at is None or call.now - call.key.mfa_at > user.mfa_within)
    if user.forbidden_by:
        return f" with an explicit deny in a service control policy: {user.forbidden_by}"
    if late or (user.needs_mfa and not call.key.mfa):
        return " with an explicit deny in an identity-based policy"
    return " because no identity-based policy allows the action" if permission in user.denied else ""


def _keys(call: Call, user: User) -> list[Key]:
    return [key for key in call.account.keys.values() if key.user is user and not key.temporary]


def _found(call: Call, user: User) -> Key:
    wanted = call.params["AccessKeyId"]
    found = next((key for key in _keys(call, user) if key.access_key_id == wanted), None)
    if found is None:
        raise AwsError("NoSuchEntity", f"The Access Key with id {wanted} cannot be found.", 404)
    return found


def _listed(key: Key, user: User) -> Tree:
    return {**_described(key, user)}


def _described(key: Key, user: User) -> dict[str, Tree]:
    return {
        "UserName": user.name,
        "AccessKeyId": key.access_key_id,
        "Status": "Active" if key.active else "Inactive",
        "CreateDate": iso(key.created),
    }


ACTIONS |= {
    "CreateAccessKey": Action("iam", create_access_key),
    "ListAccessKeys": Action("iam", list_access_keys),
    "UpdateAccessKey": Action("iam", update_access_key, required=("AccessKeyId", "Status")),
    "DeleteAccessKey": Action("iam", delete_access_key, required=("AccessKeyId",)),
    "GetAccessKeyLastUsed": Action("iam", get_access_key_last_used, required=("AccessKeyId",)),
}
