"""A line that the payer split goes on its charge, also where only one of its parts has the line's number (REF*6R)."""

from decimal import Decimal

from cleanclaim.rules.posting.match import match_lines
from tests.rules import make


def test_a_part_without_the_number_goes_where_the_other_part_went() -> None:
    claim = make.claim(
        {"lines": [{"code": "99213", "charge": "120.00"}, {"code": "85025", "charge": "60.00"}]}
    )
    items = make.items(claim)
    answer = make.payment(
        {
            "lines": [
                {"code": "99213", "charge": "120.00", "paid": "120.00"},
                {
                    "code": "85025", "charge": "40.00", "paid": "40.00",
                    "control_number": items[1].control_number,
                },
                {"code": "85027", "billed": "85025", "charge": "20.00", "paid": "20.00"},
            ]
        }
    )  # fmt: skip
    assert items[1].control_number

    found = match_lines(answer, items)

    assert [one.charge if one else None for one in found] == [
        Decimal("120.00"),
        Decimal("60.00"),
        Decimal("60.00"),
    ]


def test_a_part_goes_nowhere_where_two_charges_have_its_code() -> None:
    claim = make.claim(
        {"lines": [{"code": "85025", "charge": "60.00"}, {"code": "85025", "charge": "90.00"}]}
    )
    items = make.items(claim)
    answer = make.payment(
        {
            "lines": [
                {
                    "code": "85025", "charge": "40.00", "paid": "40.00",
                    "control_number": items[0].control_number,
                },
                {"code": "85025", "charge": "20.00", "paid": "20.00"},
            ]
        }
    )  # fmt: skip

    assert match_lines(answer, items)[1] is None
