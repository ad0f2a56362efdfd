"""To whom a refund goes: name and address as an envelope and a check have them."""

import pytest

pytestmark = pytest.mark.database_core


@pytest.mark.parametrize(
    ("kept", "shown"),
    [("950600001", "95060-0001"), ("95060", "95060"), ("95060-0001", "95060-0001"), ("", "")],
)
def test_nine_digits_of_a_zip_code_are_parted(inside, kept, shown) -> None:
    from cleanclaim.apps.billing.adjustments.payees import payee_of
    from cleanclaim.apps.shared.parties.models import Payer

    address = {"line_1": "1 Elm Ct", "city": "Santa Cruz", "state": "CA", "zip_code": kept}
    payer = Payer.objects.create(name="Coast", payer_id="C1", address=address)

    assert payee_of("payer", payer.pk)["lines"] == ["1 Elm Ct", f"Santa Cruz, CA {shown}".strip()]
