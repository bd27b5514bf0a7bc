"""Hides secrets in the values that are shown: by the name of a setting, and inside commands, URLs and headers.

Every output that quotes a setting's value goes through `masked`, a line of an AWS file through `masked_line`, and any
other text that may quote one, like an error of botocore's, through `masked_text`. If in doubt, they hide.
"""

from __future__ import annotations

import os

from awsprof.text.display import MASK, quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

# Parts of a name that make it a secret, wherever they are in it, without `_` and `-`.
_PARTS = (
    *("secret", "passw", "passphrase", "passcode", "kennwort", "token", "bearer", "authorization"),
    *("cookie", "assertion", "samlresponse", "mfacode", "backupcode", "recoverycode", "bwsession", "opsession"),
)
# The same as whole words of a name, and what a secret key is called before `key`.
_WORDS = frozenset(
    (
        *("pw", "pwd", "pass", "pswd", "pin", "otp", "totp", "hotp", "seed", "psk", "jwt", "pat", "signature", "sig"),
        *("auth", "credential", "credentials", "creds", "passkey"),
    )
)
_ENDS = ("pw", "pwd", "pass", "seed")  # of a name without separators, like dbpass
_NO_ENDS = ("bypass", "compass")
_KEYS = (
    *("access", "account", "admin", "aes", "api", "app", "auth", "client", "crypt", "decryption", "deploy"),
    *("encryption", "hmac", "license", "master", "mfa", "private", "service", "session", "shared", "sign", "signing"),
    *("application", "storage", "subscription", "user", "vault"),
)
# A name that ends in one of these says something about a secret: where it is, how long it is valid, how to get it.
_ABOUT = frozenset(
    (
        *("age", "arn", "at", "backend", "cmd", "command", "count", "date", "days", "device", "dir"),
        *("directory", "duration", "enabled", "endpoint", "env", "exp", "expiration", "expires", "expiry"),
        *("fd", "field", "file", "files", "folder", "format", "header", "helper", "host", "hours", "length"),
        *("lifetime", "limit", "manager", "method", "minutes", "mode", "name", "path", "policy", "port"),
        *("preference", "prefix", "process", "program", "prompt", "provider", "region", "required", "scope", "scopes"),
        *("seconds", "serial", "size", "source", "stdin", "store", "time", "timeout", "ttl", "type", "uri"),
        *("url", "version"),
    )
)
_SCHEMES = frozenset(("basic", "bearer", "digest", "negotiate", "token", "apikey", "api-key"))  # of Authorization
_SPILLS = ("echo", "printf", "oathtool")  # programs whose plain arguments are the secret, or the credentials
_USER = ("-u", "-U", "--user", "--proxy-user", "--username", "--auth")
_PAIR = (*_USER, "-a", "--basic", "--basic-auth", "--login")  # followed by NAME:SECRET
_LOG_IN = ("sshpass", "mysql", "mysqldump", "mysqladmin", "mariadb")  # -p is their password
_BETWEEN = ("|", "||", "&&", ";", "&", "=", "/c")  # a program follows


def is_secret(key: str) -> bool:
    """Return whether a setting, option, variable or header of this name holds a secret."""
    words = _words(key)
    whole = "".join(words)
    squeezed = whole.removesuffix("s")
    if not words or words[-1] in _ABOUT or words[0] == "no" or "disable" in words:
        return False
    if squeezed.endswith(("keyid", "manager")):
        return False
    secret_key = squeezed.endswith("key") and squeezed[:-3].endswith(_KEYS)
    ends = whole.endswith(_ENDS) and not whole.endswith(_NO_ENDS)
    return secret_key or ends or any(part in squeezed for part in _PARTS) or not _WORDS.isdisjoint(words)


def _words(key: str) -> list[str]:
    """Return the words of a name, mfaSeed and pw2 included, in lower case and without numbers after them."""
    spaced = "".join(f" {c}" if c.isupper() and key[at - 1 : at].islower() else c for at, c in enumerate(key))
    words = "".join(c if c.isalnum() else " " for c in spaced.lower()).split()
    return [word.rstrip("0123456789") for word in words if not word.isdigit()] or words


def masked(key: str, value: str) -> str:
    """Return the value of a setting as it may be shown; a secret becomes a mask of one fixed length.

    An indented line belongs to the value above it: a secret that was indented by mistake is masked there, too.
    """
    if value and is_secret(key):
        return MASK
    if _is_harmless(value):
        return value
    first, *others = value.split("\n")
    start = f"{key} = "
    shown = "\n".join([masked_line(start + first).removeprefix(start), *map(masked_line, others)])
    # An option on one line may have its value on the next one, except in a nested block.
    return masked_text(shown) if first and others else shown


def masked_line(line: str) -> str:
    """Return a line of an AWS file without the secrets in it; text before them, as in a comment, stays."""
    header, bracket, after = line.partition("]")
    if bracket and line.lstrip().startswith("["):  # AWS tools ignore what follows a header
        return header + bracket + (masked_line(after) if after else "")
    for end, name in _names(line):
        if is_secret(name) and line[end:].strip():
            return f"{line[:end]} {MASK}"
    return masked_text(line)


def _names(line: str) -> Iterator[tuple[int, str]]:
    """The first name in a line, later ones if a space follows (in a comment only after `:`); where values begin.

    The first may have spaces, as configparser allows; a later one is the last word before a `=`.
    """
    start, comment = 0, line.lstrip().startswith(("#", ";"))
    for at, character in enumerate(line):
        spaced = start == 0 or line[at + 1 :][:1].isspace()
        if character in "=:" and (spaced or (comment and character == "=")):
            name = line[start:at].strip(" \t#;")
            words = name.split() if start else [name]
            start = at + 1
            if character == "=" or len(words) == 1:
                yield start, "".join(words[-1:])


def masked_text(text: str) -> str:
    """Return any text without the user and password of a URL and without the secrets that a command is given."""
    return text if _is_harmless(text) else _mask_words(_mask_urls(text), hide=False)[0]


def quoted_value(value: str) -> str:
    """Return a value, typed or read from a file, as a message quotes it."""
    return quoted(masked_text(value))


def _is_harmless(text: str) -> bool:
    """Return whether a text is one plain word, as most values are: no option, assignment or user of a URL."""
    return not any(c in text for c in " \t\n=@\"'\\")


def _mask_urls(text: str) -> str:
    import re  # few values need it

    # What is before the last @ of the authority; also a password with a `/` in it, unless it looks like a port.
    text = re.sub(r"(//|(?i:https?):[/\\]*)(?:[^\s/?#\\]*|[^\s/:@]*:(?!\d*(?:[/?#\\]|$))\S*)@", rf"\1{MASK}@", text)
    # Without a scheme it may as well be a profile's name: so only where a URL is expected.
    expected = r"""((?:(?:url|uri|proxy|endpoint|dsn)(?:\s*=\s*|\s+)|\s-x\s*)["']?)"""
    text = re.sub(rf"(?i){expected}[^\s/@=:]*:[^\s/@]*@", rf"\1{MASK}@", text)
    return re.sub(r"""(?i)([?&](?:key|code|sid|session)=)[^&#\s"']+""", rf"\1{MASK}", text)


def _mask_words(text: str, *, hide: bool) -> tuple[str, bool]:
    """Return a command line without its secrets, and whether its last word announces one.

    Args:
        text: the command line, as a shell or shlex would split it.
        hide: whether the first word is a secret.
    """
    import re

    spans = [
        (m.start(), m.end()) for m in re.finditer(r"""(?:\\.|"(?:\\.|[^"\\])*"?|'[^']*'?|[^\s"'\\]|\\$)+""", text, re.S)
    ]
    words = [_unquoted(text[start:end]) for start, end in spans]
    logs_in = any(word.startswith(_USER) or os.path.basename(word) in _LOG_IN for word in words)
    shown, end, spills = [], 0, False
    for at, word in enumerate(words):
        before = words[at - 1] if at else ""
        if not before or before in _BETWEEN or before[-1] in ";|&(":
            spills = os.path.basename(re.split("[(`]", word)[-1]) in _SPILLS
        elif spills and not word.startswith("-"):
            hide = word not in _BETWEEN
        raw = text[spans[at][0] : spans[at][1]]
        part, hide = _mask_word(raw, word, before, hide=hide, logs_in=logs_in)
        shown += [text[end : spans[at][0]], part]
        end = spans[at][1]
    return "".join(shown) + text[end:], hide


def _mask_word(raw: str, word: str, before: str, *, hide: bool, logs_in: bool) -> tuple[str, bool]:
    """Return a word as it may be shown, and whether the next one is a secret."""
    if hide and word in ("=", ":"):
        return raw, True
    if hide:
        return MASK, _announces(word, logs_in=logs_in) or word.lower() in _SCHEMES
    if _takes_pair(before) and (":" in word or "%" in word) and "://" not in word:
        return MASK, False
    nested = before in ("-c", "/c", "-Command") or raw == word
    end = -1 if nested and " " in word else _secret_at(word, logs_in=logs_in)
    if 0 < end < len(word):
        return word[:end] + MASK, False
    if end < 0 and any(map(str.isspace, word)):
        inner, hide = _mask_words(word, hide=False)
        return raw if inner == word else f"'{inner}'", hide
    return raw, end == len(word) or _announces(word, logs_in=logs_in)


def _secret_at(word: str, *, logs_in: bool) -> int:
    """Return where in a word a secret begins, its length if the secret is the next word, or -1."""
    import re

    for found in re.finditer(r"""([\w.$-]+)["']?\s*\+?([=:])\s*""", word):
        name, rest = found[1], word[found.end() :]
        if not is_secret(name):
            continue
        # `:` also stands between domain and name of a profile.
        header = name.lower().startswith(("x-", "authorization", "cookie", "pass"))
        named = header or (word[0] in "-/" and found.start() <= 1)
        spelt = not rest or rest[0] in "\"'" or found[0][-1].isspace()
        if found[2] == "=" or (found[2] == ":" and (named or spelt)):
            return found.end()
    return _attached(word, logs_in=logs_in)


def _attached(word: str, *, logs_in: bool) -> int:
    """Return where the secret begins in `-uNAME:SECRET`, `--user=NAME:SECRET` or `-pSECRET`, or -1."""
    if word.startswith(_USER) and ":" in word and "://" not in word:
        return len(word.split("=", 1)[0]) + 1 if word.startswith("--") else 2
    return 2 if logs_in and len(word) > 2 and word.startswith("-p") else -1


def _takes_pair(option: str) -> bool:
    """Return whether NAME:SECRET follows an option, also one with letters before it, as in `curl -sSu`."""
    return option in _PAIR or (option[:1] == "-" and option[-1] in "uU" and option[1:].isalpha() and len(option) < 7)


def _announces(word: str, *, logs_in: bool) -> bool:
    """Return whether a word is an option whose value, the next word, is a secret."""
    option = word.startswith("-") or (word.startswith("/") and "/" not in word[1:])
    if word == "<<<" or (word.replace("_", "").isalnum() and ("_" in word or word.isupper()) and is_secret(word)):
        return True  # the text of a shell; a variable or setting, as in `configure set aws_session_token X`
    return option and "=" not in word and ((word == "-p" and logs_in) or is_secret(word))


def _unquoted(raw: str) -> str:
    import re

    def inside(found: re.Match[str]) -> str:
        piece = found[0]
        if piece[0] == "'":
            return piece.strip("'")
        return re.sub(r"\\(.)", r"\1", piece[1:].removesuffix('"') if piece[0] == '"' else piece, flags=re.S)

    return re.sub(r"""\\.|"(?:\\.|[^"\\])*"?|'[^']*'?""", inside, raw, flags=re.S)
