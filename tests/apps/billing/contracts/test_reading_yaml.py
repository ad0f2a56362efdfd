"""Contract files are read by the quick parser as by the one in Python: the same values, the same words of refusal."""

import pytest

from cleanclaim.kernel.errors import InputError

pytestmark = pytest.mark.database_core  # the module belongs to an app

GOOD = [
    "{method: flat, amount: '4.50', codes: [0120, 99213, \"J1\"], rate: 070, drugs: ~, x: 0x1F, y: 0o17, z: 1_000}",
    "{a:1, b: [c:d, e], 'f':g, \"h\": 2026-01-01, i: 1e3, j: 12:30:45, k: yes, l: .5, m: +7, n: -0, o: 08}",
    "&one {a: 1}",
    "{<<: {a: 1}, b: 2}",
    "|\n        text\n          more\n\n        end",
    ">-\n        folded\n        twice",
    "# nothing",
    '"\\u00e9 \\x41 \\n" # a comment',
    "!!str 12",
    "é, ü; ½",
]
BAD = [
    "{method: flat, method: case_rate}",
    "[1, 2",
    "{a: 1}}",
    "'never closed",
    "\t- tab",
    "*nobody",
    "!!python/object/apply:os.system [echo]",
    "2026-13-01",
    "a\0b",
    "a: b: c",
    "? [a, b]\n    : c",
]


def read(text: str, monkeypatch, *, quick: bool) -> object:
    """The list, or what is said of it."""
    import yaml

    from cleanclaim.apps.billing.contracts.loading import read_yaml

    with monkeypatch.context() as patch:
        patch.setattr(yaml, "__with_libyaml__", quick)
        try:
            return read_yaml(f"contracts:\n  - code: C1\n    terms: {text}\n")
        except InputError as refused:
            return refused.message


@pytest.mark.parametrize("text", [*GOOD, *BAD])
def test_both_say_the_same(database, monkeypatch, text: str) -> None:
    found = read(text, monkeypatch, quick=True)

    assert repr(found) == repr(read(text, monkeypatch, quick=False))
    assert isinstance(found, str) == (text in BAD)


def test_what_is_good_is_read_by_the_quick_one_alone(database, monkeypatch) -> None:
    from cleanclaim.apps.billing.contracts import loading

    class Slow:
        def __init__(self, stream: str) -> None:
            raise AssertionError("read in Python")

    monkeypatch.setattr(loading, "_Reader", Slow)

    for text in GOOD:
        read(text, monkeypatch, quick=True)


def test_a_list_a_hundred_thousand_deep_ends_in_words_and_not_the_process(database) -> None:
    from cleanclaim.apps.billing.contracts.loading import read_yaml

    for opened in ("[", "{a: ", "- ", "? "):
        with pytest.raises(InputError):
            read_yaml(f"contracts:\n  {opened * 100_000}")
