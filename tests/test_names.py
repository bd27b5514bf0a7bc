"""Names: how they split, what they may hold, and which profile a word means."""

import pytest

from awsprof.errors import NoSuchProfileError, UsageError
from awsprof.profiles import names


@pytest.mark.parametrize(
    ("profile", "parts"),
    [
        ("work:dev", ("work", "dev")),
        ("work:team:dev", ("work", "team:dev")),
        ("default", ("default", "")),
        ("work:", ("work", "")),
        (":dev", ("", "dev")),
        ("", ("", "")),
    ],
)
def test_a_name_splits_at_its_first_colon(profile: str, parts: tuple[str, str]) -> None:
    assert names.split(profile) == parts


@pytest.mark.parametrize(
    ("profile", "kind"),
    [
        ("work:iam", "iam"),
        ("work:mfa", "mfa"),
        ("work:IAM", ""),
        ("work:iam2", ""),
        ("work:team:iam", ""),
        (":iam", ""),
        ("iam", ""),
        ("default", ""),
    ],
)
def test_kind_by_name(profile: str, kind: str) -> None:
    assert names.kind_by_name(profile) == kind


@pytest.mark.parametrize("domain", ["work", "_work", "9", "a.b@c+d-e_f"])
def test_new_domains(domain: str) -> None:
    assert names.check_domain(domain) == domain


@pytest.mark.parametrize(
    "domain", ["", "-x", ".x", "+x", "@x", "a:b", "a/b", "a b", "é", "٣", "a\n", "a'b", "$(x)", "[r]"]
)
def test_domains_refused(domain: str) -> None:
    with pytest.raises(UsageError, match="cannot be a domain") as refused:
        names.check_domain(domain)
    assert "begin with a letter, a digit or _" in refused.value.next_step


@pytest.mark.parametrize("name", ["dev", "a/b", "team:dev", ".x", "@x", "+", ":", "iamx", "x-"])
def test_new_role_names(name: str) -> None:
    assert names.check_role_name(name) == name


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("", "cannot be"),
        ("-x", "cannot be"),
        ("a b", "cannot be"),
        ("é", "cannot be"),
        ("a%b", "cannot be"),
        ("a\u2028b", "cannot be"),
        *[(name, "is reserved") for name in ("iam", "mfa", "IAM", "Mfa", "mFA")],
    ],
)
def test_role_names_refused(name: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        names.check_role_name(name)


KNOWN = ["default", "dev", "play:dev", "play:ops", "work", "work:dev", "work:mfa", "work:team:dev"]


@pytest.mark.parametrize(
    ("word", "domain", "active", "profile"),
    [
        ("work:dev", "", "", "work:dev"),
        ("default", "", "", "default"),
        ("dev", "", "work:mfa", "dev"),  # exact, before anything else
        ("work:dev", "play", "", "work:dev"),
        ("ops", "play", "", "play:ops"),
        ("mfa", "work", "play:dev", "work:mfa"),  # --domain, before the active domain
        ("team:dev", "work", "", "work:team:dev"),
        ("team:dev", "", "", "work:team:dev"),  # the only one of that bare name
        ("mfa", "", "work:dev", "work:mfa"),
        ("mfa", "", "work", "work:mfa"),  # a profile without a colon is a domain of its own
        ("mfa", "", "gone:dev", "work:mfa"),
        ("ops", "", "work:dev", "play:ops"),
        ("ops", "", "default", "play:ops"),
    ],
)
def test_what_a_word_means(word: str, domain: str, active: str, profile: str) -> None:
    assert names.resolve(word, KNOWN, domain=domain, active=active) == profile


def test_a_named_domain_goes_before_the_active_one() -> None:
    assert names.resolve("mfa", ["play:mfa", "work:mfa"], domain="work", active="play:dev") == "work:mfa"


def test_the_active_domain_settles_a_bare_name() -> None:
    known = ["play:dev", "work:dev", ":dev"]
    assert names.resolve("dev", known, active="work:mfa") == "work:dev"


@pytest.mark.parametrize("active", ["", "other:x", "default"])
def test_several_fit(active: str) -> None:
    with pytest.raises(UsageError) as refused:
        names.resolve("dev", ["play:dev", "work:dev", "a b:dev"], active=active)
    assert (refused.value.exit_code, refused.value.what) == (2, "dev could be 'a b:dev', play:dev, work:dev")


@pytest.mark.parametrize(
    ("word", "domain", "known", "hint"),
    [
        ("work:Dev", "", ["work:dev", "work:Dew"], "did you mean work:dev or work:Dew?"),
        ("WORK:DEV", "", ["work:dev", "Work:dev"], "did you mean Work:dev or work:dev?"),
        ("dev", "WORK", ["work:dev"], "did you mean work:dev?"),
        ("DEV", "", ["dew", "work:dev"], "did you mean work:dev or dew?"),
        ("DEV", "", ["dev", "work:dev"], "did you mean dev or work:dev?"),
        ("wrok:dev", "", ["work:dev", "play:ops"], "did you mean work:dev?"),
        ("wor", "", ["work:dev"], "did you mean work:dev?"),
        ("work:deve", "", ["play:deve-x"], "did you mean play:deve-x?"),
        ("dve", "", ["work:dev", "play:dev", "default"], "did you mean play:dev or work:dev?"),
        ("defualt", "", ["work:dev", "default"], "did you mean default?"),
        ("work:dve", "", ["work:dev", "play:dev"], "did you mean work:dev?"),
        ("zzzz", "", ["work:dev"], "awsprof list shows what there is"),
        ("dev", "", [], "there are none yet: begin with awsprof add iam DOMAIN"),
        ("dev", "", ["dev\x1b[31m"], r"did you mean $'dev\x1b[31m'?"),
    ],
)
def test_none_fits(word: str, domain: str, known: list[str], hint: str) -> None:
    with pytest.raises(NoSuchProfileError) as refused:
        names.resolve(word, known, domain=domain)
    assert (refused.value.exit_code, refused.value.next_step) == (3, hint)


def test_a_domain_that_lacks_the_name_is_not_left() -> None:
    with pytest.raises(NoSuchProfileError, match="no profile work:ops"):
        names.resolve("ops", ["play:ops", "work:dev"], domain="work")
