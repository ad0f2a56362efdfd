"""The roll-forward as the command prints it."""

from decimal import Decimal

from cleanclaim.project.cli.close import _columns


def test_a_heading_is_whole_and_stands_over_its_figures() -> None:
    accounts = ("asset:remit-clearing-long", "bank", "all")
    amounts = (Decimal("1.00"), Decimal("2.00"))

    head, line = _columns(accounts, [("brought forward", amounts)])

    assert head.split() == list(accounts)
    assert len(head) == len(line)
    assert line[: head.index("clearing-long") + len("clearing-long")].endswith(" 1.00")
    assert line.endswith(" 3.00")
