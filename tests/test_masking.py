"""Secrets in values, commands, URLs and headers are masked; all else stays as it is."""

import pytest

from awsprof.text.display import MASK
from awsprof.text.masking import is_secret, masked, masked_line, masked_text

# Settings that tools write into the AWS files, from their sources and documentation.
SECRET = {
    "AWS SDKs and CLI": "aws_secret_access_key aws_session_token aws_security_token AWS_SECRET_ACCESS_KEY",
    "aws-azure-login": "azure_default_password",
    "aws-runas, saml2aws": "saml_password saml_passwd",
    "okta-aws-cli, okta-awscli, aws-okta": "okta_password okta_api_token oidc_client_secret",
    "one-time passwords": "mfa_seed otp totp_secret mfa_pin mfa_token mfa_code mfa_secret_key",
    "short words": "db_pw smtp_pass ldap_pwd passphrase psk jwt github_pat dbpass keypass samlpw rootpwd totpseed",
    "numbered": "pw2 pwd1 password_2 token1 api_key_2 apikey1 secretkey2",
    "recovery": "mfa_backup_codes recovery_code credentials creds passkey passwort",
    "keys": "api_key apikey x-api-key private_key access_key secret_key account_key encryption_key consumer_secret",
    "camel case": "SecretAccessKey clientSecret apiKey SessionToken mfaSeed dbPw",
    "others": "refresh_token vault_secret_id saml_assertion session_cookie Authorization",
}
OPEN = {
    "AWS SDKs and CLI": "aws_access_key_id region role_arn mfa_serial web_identity_token_file credential_process "
    "login_session sso_session sso_start_url sso_registration_scopes source_profile services ca_bundle external_id",
    "how AWS SDKs sign": "auth_scheme_preference s3_disable_express_session_auth",
    "saml2aws": "x_principal_arn x_security_token_expires saml_username saml_provider saml_auth_url",
    "aws-azure-login": "azure_tenant_id azure_app_id_uri azure_default_username azure_default_role_arn aws_expiration",
    "aws-adfs, aws-google-auth": "adfs_config.adfs_user adfs_config.session_duration adfs_config.provider_id "
    "google_config.google_username google_config.keyring google_config.u2f_disabled",
    "aws-vault": "mfa_process web_identity_token_process include_profile session_tags source_identity pass_prefix",
    "granted, aws-mfa, awsume": "granted_sso_start_url granted_sso_role_name assumed_role_arn aws_mfa_device",
    "services": "secretsmanager secrets_manager.endpoint_url",
    "about a secret": "password_file token_endpoint secret_arn token_type mfa_token_command client_secret_expires_at",
    "others": "public_key kms_key_id ssh_key_file bypass compass ping keyring_backend",
}


@pytest.mark.parametrize("tool", SECRET)
def test_names_of_secrets(tool: str) -> None:
    assert [key for key in SECRET[tool].split() if not is_secret(key)] == []


@pytest.mark.parametrize("tool", OPEN)
def test_names_of_what_is_no_secret(tool: str) -> None:
    assert [key for key in OPEN[tool].split() if is_secret(key)] == []


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        ("aws_secret_access_key", "short", MASK),
        ("AWS_SECRET_ACCESS_KEY", "x" * 99, MASK),
        ("my_password", "p", MASK),
        ("aws_secret_access_key", "", ""),
        ("aws_access_key_id", "AKIA", "AKIA"),
        ("web_identity_token_file", "/run/token", "/run/token"),
        ("aws_access_key_id", "AKIA\naws_secret_access_key = shh", f"AKIA\naws_secret_access_key = {MASK}"),
        ("s3", "\naws_session_token: shh\nb = c", f"\naws_session_token: {MASK}\nb = c"),
        ("aws_access_key_id", "AKIA\n= shh", "AKIA\n= shh"),
        ("credential_process", "cmd --token\nshh", f"cmd --token\n{MASK}"),
        ("endpoint_url", "https://me:shh@host:8/p", f"https://{MASK}@host:8/p"),
        ("endpoint_url", "https://shh@host", f"https://{MASK}@host"),
        ("endpoint_url", "https://me:s/h#h@host", f"https://{MASK}@host"),
        ("endpoint_url", "https://me:s@h@host", f"https://{MASK}@host"),
        ("endpoint_url", r"https://evil.example\@sts.amazonaws.com", r"https://evil.example\@sts.amazonaws.com"),
        ("endpoint_url", "https://host:8443/a@b", "https://host:8443/a@b"),
        ("HTTPS_PROXY", "me:shh@proxy:3128", f"{MASK}@proxy:3128"),
        ("region", "https://me:shh@host", f"https://{MASK}@host"),
        ("source_profile", "work:me@corp", "work:me@corp"),
    ],
)
def test_masked(key: str, value: str, shown: str) -> None:
    assert masked(key, value) == shown


COMMANDS = {
    "cmd --token shh": f"cmd --token {MASK}",
    "cmd --secret=shh --region eu-west-1": f"cmd --secret={MASK} --region eu-west-1",
    "cmd --password shh --region eu-west-1": f"cmd --password {MASK} --region eu-west-1",
    "cmd --api-key shh -v": f"cmd --api-key {MASK} -v",
    "cmd -apikey=shh": f"cmd -apikey={MASK}",
    'cmd --token "shh and more" -v': f"cmd --token {MASK} -v",
    'cmd "--token=shh and more" -v': f"cmd --token={MASK} -v",
    "cmd --token 'shh": f"cmd --token {MASK}",
    "cmd --mfa-token shh": f"cmd --mfa-token {MASK}",
    "PASSWORD=shh cmd -v": f"PASSWORD={MASK} cmd -v",
    "env VAULT_TOKEN='shh h' vault -v": f"env VAULT_TOKEN={MASK} vault -v",
    "BW_SESSION=shh bw get": f"BW_SESSION={MASK} bw get",
    "a&&PASSWORD=shh b": f"a&&PASSWORD={MASK} b",
    "sh -c 'PASSWORD=shh cmd -v'": f"sh -c 'PASSWORD={MASK} cmd -v'",
    "sh -c \"cmd --token 'shh h' -v\"": f"sh -c 'cmd --token {MASK} -v'",
    "curl -H 'Authorization: Bearer shh' https://h": f"curl -H Authorization: {MASK} https://h",
    "curl -H X-Api-Key:shh https://h": f"curl -H X-Api-Key:{MASK} https://h",
    "curl -H Authorization: Bearer shh": f"curl -H Authorization: {MASK} {MASK}",
    "cmd --header=Authorization:shh": f"cmd --header=Authorization:{MASK}",
    "curl -u me:shh https://h": f"curl -u {MASK} https://h",
    "curl -ume:shh https://h": f"curl -u{MASK} https://h",
    "curl --user=me:shh https://h": f"curl --user={MASK} https://h",
    "curl https://me:shh@h/p": f"curl https://{MASK}@h/p",
    "curl 'https://h/?a=1&token=shh'": f"curl https://h/?a=1&token={MASK}",
    "psql postgres://me:shh@h/db": f"psql postgres://{MASK}@h/db",
    "cmd --username me -p shh": f"cmd --username me -p {MASK}",
    "mysql -u me -pshh": f"mysql -u me -p{MASK}",
    "sshpass -p shh ssh h": f"sshpass -p {MASK} ssh h",
    "oathtool -b --totp shh": f"oathtool -b --totp {MASK}",
    "echo shh | cmd --password-stdin": f"echo {MASK} | cmd --password-stdin",
    'echo {"SecretAccessKey": "shh"}': f"echo {MASK} {MASK}",
    """cmd '{"password":"shh"}'""": f'cmd {{"password":{MASK}',
    """cmd {\\"password\\": \\"shh\\"} -v""": f'cmd {{\\"password\\": {MASK} -v',
    '"C:\\Program Files\\x.exe" --password shh': f'"C:\\Program Files\\x.exe" --password {MASK}',
    "C:\\dir\\ --token shh": f"C:\\dir\\ --token {MASK}",
    "cmd /password:shh": f"cmd /password:{MASK}",
    "cmd /token shh": f"cmd /token {MASK}",
    "cmd -Password:shh": f"cmd -Password:{MASK}",
    "curl --proxy me:shh@proxy:3128 https://h": f"curl --proxy {MASK}@proxy:3128 https://h",
    "curl -x me:shh@proxy:3128 https://h": f"curl -x {MASK}@proxy:3128 https://h",
    "cmd --dsn=me:shh@tcp(h:3306)/db": f"cmd --dsn={MASK}@tcp(h:3306)/db",
    "curl -sSu me:shh h": f"curl -sSu {MASK} h",
    "cmd --basic-auth me:shh": f"cmd --basic-auth {MASK}",
    "smbclient -U me%shh //h/s": f"smbclient -U {MASK} //h/s",
    "mysqldump -pshh db": f"mysqldump -p{MASK} db",
    "SSHPASS=shh sshpass -e ssh h": f"SSHPASS={MASK} sshpass -e ssh h",
    "aws configure set aws_secret_access_key shh -v": f"aws configure set aws_secret_access_key {MASK} -v",
    "setx TOKEN shh": f"setx TOKEN {MASK}",
    "cat <<< shh": f"cat <<< {MASK}",
    "sh -c 'x=$(echo shh)'": f"sh -c 'x=$(echo {MASK}'",
    "cmd.exe /c echo shh": f"cmd.exe /c echo {MASK}",
    "TOKEN+=shh cmd": f"TOKEN+={MASK} cmd",
    "cmd --password= shh": f"cmd --password= {MASK}",
    "cmd --password = shh": f"cmd --password = {MASK}",
    "curl -H Cookie:shh": f"curl -H Cookie:{MASK}",
    "curl 'https://h/?key=shh&a=1'": f"curl 'https://h/?key={MASK}&a=1'",
    "curl https:/me:shh@h": f"curl https:/{MASK}@h",
    "openssl x -passin pass:shh": f"openssl x -passin pass:{MASK}",
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("key", ["credential_process", "mfa_process", "# credential_process"])
def test_secrets_of_a_command(key: str, command: str) -> None:
    shown = masked_line(f"{key} = {command}")
    assert "shh" not in shown
    if key[0] != "#":  # a comment is masked to its end
        assert shown == f"{key} = {COMMANDS[command]}"
        assert masked(key, command) == COMMANDS[command]


# Lines that are no plain `key = value`: AWS tools ignore what follows a header, and configparser takes `a b = c`.
LINES = {
    "[work:iam] aws_secret_access_key = shh": f"[work:iam] aws_secret_access_key = {MASK}",
    "[work:iam]# token=shh": f"[work:iam]# token= {MASK}",
    "  [work:iam] cmd --token shh": f"  [work:iam] cmd --token {MASK}",
    "AWS Secret Access Key: shh": f"AWS Secret Access Key: {MASK}",
    "// aws_secret_access_key = shh": f"// aws_secret_access_key = {MASK}",
    "aws_secret_access_key shh": f"aws_secret_access_key {MASK}",
    "aws_access_key_id = AKIA aws_secret_access_key = shh": f"aws_access_key_id = AKIA aws_secret_access_key = {MASK}",
    "aws_access_key_id = AKIA ; password = shh": f"aws_access_key_id = AKIA ; password = {MASK}",
    "endpoint_url = https:/me:shh@h": f"endpoint_url = https:/{MASK}@h",
    "[work:iam aws_secret_access_key = shh": f"[work:iam aws_secret_access_key = {MASK}",
}


@pytest.mark.parametrize("line", LINES)
def test_secrets_of_odd_lines(line: str) -> None:
    assert masked_line(line) == LINES[line]


UNCHANGED = """\
[profile token:dev]
[profile secret=x]
region = eu-west-1
role_arn = arn:aws:iam::123456789012:role/Token
source_profile = token:dev
source_profile = work:me@corp
mfa_serial = arn:aws:iam::123456789012:mfa/you
web_identity_token_file = /run/token:a=b
endpoint_url = https://sts.eu-west-1.amazonaws.com
sso_start_url = https://corp.awsapps.com/start#/
sso_registration_scopes = sso:account:access
azure_app_id_uri = https://signin.aws.amazon.com/saml#1
external_id = a=b:c
session_tags = key1=value1,key2=value2
secretsmanager =
  endpoint_url = http://localhost:4566
  signature_version = s3v4
# note: this profile is for the token service
cli_pager = less -R
credential_process = awsprof credentials secret:prod
credential_process = aws-vault exec work --json --prompt terminal
credential_process = saml2aws script --credential-process --role arn:aws:iam::1:role/x --profile p
credential_process = saml2aws login -p work
credential_process = aws-azure-login -p work
credential_process = /opt/bin/token-helper --token-file /run/token --region eu-west-1
credential_process = cmd --password-stdin --no-password
credential_process = op read op://Private/aws/secret
credential_process = vault read -field=token aws/creds/x
credential_process = aws get-secret-value --secret-arn arn:aws:secretsmanager:eu-west-1:1:secret:prod/db-Ab
credential_process = sh -c 'cat ~/.cache/x.json'
credential_process = "C:\\Program Files\\x.exe" --profile 'a b'
mfa_process = ykman oath accounts code -s aws
"""


@pytest.mark.parametrize("line", UNCHANGED.splitlines())
def test_what_is_no_secret_stays(line: str) -> None:
    assert masked_line(line) == line
    key, equals, value = line.partition(" = ")
    if equals and line[0] not in "#[":
        assert masked(key.strip(), value) == value


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        (
            'Could not connect to the endpoint URL: "https://me:shh@h:8/"',
            f'Could not connect to the endpoint URL: "https://{MASK}@h:8/"',
        ),
        ("it's not https://me:shh@h", f"it's not https://{MASK}@h"),
        ("cannot run: cmd --token shh", f"cannot run: cmd --token {MASK}"),
        ("The security token included in the request is invalid", None),
        ("User: arn:aws:iam::1:user/me is not authorized to perform: sts:AssumeRole", None),
    ],
)
def test_messages(message: str, shown: str | None) -> None:
    assert masked_text(message) == (shown or message)
