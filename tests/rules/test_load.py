"""Plans and contracts from mappings: what is misspelled is refused by name, never ignored."""

from typing import Any

import pytest

from cleanclaim.kernel.errors import InputError
from cleanclaim.rules.benefits.load import plan_from
from cleanclaim.rules.code_list import code_list
from cleanclaim.rules.pricing.load import contract_from
from tests.rules import make


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"deductable": 500}, "plan PPO: unknown key 'deductable'"),
        ({"deductible": "many"}, "deductible is 'many', expected a number"),
        ({"deductible": "-1"}, "deductible is -1, expected zero or more"),
        ({"deductible": "0.001"}, "deductible is 0.001, expected whole cents"),
        ({"coinsurance": 101}, "coinsurance is 101, expected percent to 100"),
        ({"cob_method": "generous"}, "cob_method is 'generous', expected one of standard"),
        ({"name": ""}, "name is missing"),
        (
            {"categories": [{"name": "office", "co_pay": 5}]},
            "category office: unknown key 'co_pay'",
        ),
        ({"not_covered": ["99215-99202"]}, "code range '99215-99202'"),
    ],
)
def test_a_wrong_plan_is_refused_by_name(change: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words.replace("(", r"\(")):
        plan_from({**make.PLAN, **change})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"terms": [{"method": "magic"}]}, "term magic: expected one of fee_schedule"),
        ({"terms": [{"method": "fee_schedule"}]}, "schedule is missing"),
        ({"trems": []}, "unknown key 'trems'"),
    ],
)
def test_a_wrong_contract_is_refused_by_name(change: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        contract_from({**make.CONTRACT, **change})


def test_a_code_list_holds_codes_ranges_and_families() -> None:
    codes = code_list(["20610", "99202-99215", "J*"])

    found = [
        c for c in ("20610", "99202", "99215", "99216", "J3301", "9921", "K0001") if c in codes
    ]

    assert found == ["20610", "99202", "99215", "J3301"]
    assert not code_list([])
