"""Every dated figure beside a rule says what it is, since when and from where."""

from datetime import date
from pathlib import Path

import pytest

import cleanclaim.rules
from cleanclaim.codes import adjustment_reasons, remark_codes
from cleanclaim.kernel.errors import ReferenceDataError
from cleanclaim.rules.parameters import parameter
from cleanclaim.rules.posting import default_policy
from cleanclaim.rules.posting.policy import policy_from

RULES = Path(cleanclaim.rules.__file__).parent
FILES = sorted(RULES.rglob("parameters/*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(RULES).as_posix())
def test_a_parameter_file_is_complete(path: Path) -> None:
    found = parameter(path)

    assert found.description and found.unit and found.source
    assert found.value(on=date(2026, 11, 9)) is not None
    assert found.edition(on=date(2026, 11, 9)).startswith(path.stem)


def test_a_day_before_the_first_value_is_refused() -> None:
    path = RULES / "edits" / "modifier_25" / "parameters" / "codes.yaml"

    with pytest.raises(ReferenceDataError, match="no value in force on 2005-12-31"):
        parameter(path).value(on=date(2005, 12, 31))


def test_a_file_without_a_source_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "limit.yaml"
    path.write_text("description: x\nunit: days\nvalues: {2026-01-01: 5}\n")

    with pytest.raises(ReferenceDataError, match=r"limit\.yaml: source missing"):
        parameter(path)


def test_every_reason_of_the_posting_policy_is_a_code() -> None:
    policy = default_policy()

    reasons = {key.partition("-")[2] for key in policy.actions} - {"*"}
    reasons |= policy.denials | policy.coverage_reasons | set(policy.suggestions)
    assert sorted(reason for reason in reasons if not adjustment_reasons.is_valid(reason)) == []


def test_a_policy_with_an_unknown_action_is_refused() -> None:
    raw = {
        "actions": {"CO-45": "vanish"},
        "denials": [],
        "suggestions": {},
        "default_suggestion": "Read it",
    }

    with pytest.raises(ReferenceDataError, match="unknown action CO-45: vanish"):
        policy_from(raw, edition="test")


def test_every_code_that_adjudication_uses_is_valid_today() -> None:
    today = date(2026, 11, 9)
    carcs = [
        "1",
        "2",
        "3",
        "16",
        "18",
        "22",
        "23",
        "24",
        "26",
        "27",
        "29",
        "31",
        "45",
        "94",
        "96",
        "100",
        "110",
        "133",
        "197",
        "198",
        "200",
        "242",
        "B7",
    ]
    rarcs = ["M47", "M51", "M52", "M54", "MA04", "N130", "N152"]

    assert [c for c in carcs if not adjustment_reasons.is_valid(c, on=today)] == []
    assert [c for c in rarcs if not remark_codes.is_valid(c, on=today)] == []
