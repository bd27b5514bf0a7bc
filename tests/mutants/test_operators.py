"""What the mutants of a few lines are."""

from tests.mutants.operators import mutants

SOURCE = '''
LIMIT = 3


def f(a, b):
    """Return something."""
    if a == 1 and not b:
        raise ValueError("a")
    g(a)
    return a if a > 2 else True
'''
CHANGED = [
    ("a == 1 and not b", "(a == 1 or not b)"),
    ("a == 1", "(a != 1)"),
    ("1", "2"),
    ("not b", "(b)"),
    ('raise ValueError("a")', "pass"),
    ("g(a)", "pass"),
    ("a if a > 2 else True", "(a)"),
    ("a if a > 2 else True", "(True)"),
    ("a > 2", "(a <= 2)"),
    ("2", "3"),
    ("True", "False"),
]


def test_each_mutant_is_one_change() -> None:
    found = list(mutants("f.py", SOURCE))
    assert [(each.before, each.after) for each in found] == CHANGED
    assert {each.place for each in found} == {"f"}
    assert found[2].apply(SOURCE.encode()).decode() == SOURCE.replace("a == 1", "a == 2")
