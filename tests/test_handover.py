"""What a hook evaluates: one text for the change, the check and the lines; evaluated by the shells in tests/shells."""

import pytest

from awsprof.shell import handover

CHANGES: dict[str, dict[str, str | None]] = {
    "set": {"AWS_PROFILE": "work:dev", "AWS_REGION": "eu-west-1"},
    "unset": {"AWS_PROFILE": None, "AWS_VAULT": None},
    "both": {"AWS_PROFILE": "it's $(touch P) `x` \\ \u2019\n", "AWS_VAULT": None},
}
LINES = ["work:dev  it's $(touch P) \\ \u2019", "", "removed AWS_VAULT"]


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("shell", handover.SPELLINGS)
def test_it_is_ascii(shell: str, change: dict[str, str | None]) -> None:
    text = handover.SPELLINGS[shell](change, LINES)
    assert text.isascii()
    assert text.endswith("\n")


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("shell", handover.SPELLINGS)
def test_nothing_is_printed_before_the_check(shell: str, change: dict[str, str | None]) -> None:
    checked, _, printed = handover.SPELLINGS[shell](change, LINES).rpartition("__awsprof_differs")
    assert "removed AWS_VAULT" not in checked
    assert "removed AWS_VAULT" in printed


@pytest.mark.parametrize("shell", handover.SPELLINGS)
def test_a_locale_that_cannot_spell_a_line(shell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line is only shown; a value that cannot be spelt is refused."""
    monkeypatch.setattr("os.fsencode", lambda text: text.encode("ascii"))
    assert "xe9'" in handover.SPELLINGS[shell]({"AWS_PROFILE": "x"}, ["caf\xe9"])
