"""Which message a file holds: by guide, group and, where two share both, by BHT02."""

import pytest

from cleanclaim.edi.guides import find_type, message_type, types_of


@pytest.mark.parametrize(
    ("guide", "functional_id", "name"),
    [("005010X279A1", "HS", "270"), ("005010X279", "HB", "271"), ("005010X212", "HR", "276"),
     ("005010X212", "HN", "277"), ("005010X214", "HN", "277CA")],
)  # fmt: skip
def test_a_shared_guide_is_told_by_the_group(guide, functional_id, name):
    assert message_type(guide, functional_id).name == name


@pytest.mark.parametrize(
    ("purpose", "name"),
    [("11", "278-response"), ("13", "278-request"), ("01", "278-request"), ("", "278-request")],
)
def test_a_278_is_told_by_its_purpose(purpose, name):
    first = ["ST|278|0001|005010X217", f"BHT|0007|{purpose}|1|20250301|1200"]

    assert find_type("005010X217", "HI", first, "|").name == name


def test_a_278_without_its_head_is_a_request():
    assert find_type("005010X217", "HI", ["ST*278*0001"]).name == "278-request"
    assert len(types_of("005010X217", "HI")) == 2


def test_a_guide_that_we_do_not_know_is_no_message():
    assert find_type("004010X092", "HS", ["ST*270*0001", "BHT*0022*13"]) is None
