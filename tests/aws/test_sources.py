"""Where the words of the fake servers come from: a source for each error that they answer with.

A source names public threads in which AWS's text can be read, or AWS's documentation. "wording assumed": AWS
documents the refusal, but the sentence itself was not found.
"""

import ast
from pathlib import Path

HERE = Path(__file__).parent
# The error code and what its message begins with; the source.
SOURCES = {
    ("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code"): "binxio/aws-ssm-copy 22",
    ("AccessDenied", "MultiFactorAuthentication failed, unable to validate MFA code"): "aws/aws-cli 6325",
    ("AccessDenied", "MultiFactorAuthentication failed, must provide both MFA serial number"): "wording assumed",
    ("AccessDenied", "Roles may not be assumed by root accounts."): "AWS's documentation of AssumeRole, public threads",
    ("AccessDenied", "Cannot call"): "trek10inc/awsume 27, aws/aws-sdk-net 1704",
    ("AccessDenied", "User:"): "99designs/aws-vault 867, aws-root-account 1494; the reasons: IAM User Guide",
    ("ExpiredToken", "The security token included in the request is expired"): "STS API reference, common errors",
    ("IncompleteSignature", "Authorization header requires"): "AWS's documentation of Signature Version 4",
    ("IncompleteSignature", "Date must be in ISO-8601"): "AWS's documentation of Signature Version 4",
    ("InvalidAction", "Could not find operation"): "STS API reference, common errors; wording assumed",
    ("InvalidClientTokenId", "The security token included in the request is invalid"): (
        "aws/aws-cli 8413, cloudyr/aws.iam 15, aws/aws-sdk-js 460"
    ),
    ("LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2"): "simonw/s3-credentials 64",
    ("MalformedInput", "Invalid DurationSeconds"): "wording assumed",
    ("MissingAuthenticationToken", "Request is missing Authentication Token"): "STS API reference, common errors",
    ("NoSuchEntity", "The Access Key with id"): "IAM API reference; wording assumed",
    ("NoSuchEntity", "The user with name"): "ansible/ansible 45593",
    ("RegionDisabledException", "STS is not activated in this region for account:"): (
        "turbot/steampipe-plugin-aws 1510, org-formation/org-formation-cli 465"
    ),
    ("SignatureDoesNotMatch", "The request signature we calculated does not match"): "AWS's documentation of SigV4",
    ("SignatureDoesNotMatch", "Credential should be scoped to correct service"): "AWS's documentation of SigV4",
    ("SignatureDoesNotMatch", "Credential should be scoped to a valid region"): (
        "cognitect-labs/aws-api 27, JuliaCloud/AWS.jl 565, cloud-custodian 4900"
    ),
    ("SignatureDoesNotMatch", "Signature expired: "): "aws/aws-cli 6676",
    ("SignatureDoesNotMatch", "Signature not yet current: "): "AWS's documentation of SigV4",
    ("ValidationError", "Must specify userName when calling with non-User credentials"): "wording assumed",
    ("ValidationError", "The requested DurationSeconds exceeds the 1 hour session limit for roles"): (
        "99designs/aws-vault 263, mmmorris1975/aws-runas 11"
    ),
    ("ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration"): "AssumeRole, API reference",
    ("ValidationError", " validation "): "the form of AWS's query services, as in public threads",
}


def raised() -> set[str]:
    """The code of each AwsError in the fakes' sources."""
    found: set[str] = set()
    for path in ("actions.py", "iam.py", "sigv4.py", "sts.py"):
        for node in ast.walk(ast.parse((HERE / path).read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "AwsError":
                first = node.args[0]
                found |= {first.value} if isinstance(first, ast.Constant) and isinstance(first.value, str) else set()
    return found


def texts() -> list[str]:
    """Every text in the fakes' sources, f-strings by their parts."""
    trees = [ast.parse((HERE / path).read_text()) for path in ("actions.py", "iam.py", "sigv4.py")]
    return [
        node.value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def test_each_error_of_the_fakes_has_a_source() -> None:
    assert raised() == {code for code, _ in SOURCES}


def test_each_source_is_of_a_text_that_the_fakes_have() -> None:
    known = texts()
    assert [words for _, words in SOURCES if not any(text.startswith(words[:40]) for text in known)] == []
