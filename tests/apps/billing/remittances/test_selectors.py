"""The remittance page: bytes, reading and postings side by side."""

import pytest

from tests.apps.billing.world import DENIED, TYPICAL, claim, dollars, pay, remittance

pytestmark = pytest.mark.database_core


def test_each_payment_shows_its_bytes_its_reading_and_its_entry(desk):
    from cleanclaim.apps.billing.remittances import selectors

    one, two = claim("A1"), claim("A2")
    desk.take(one, two)
    first, second = desk.post(
        remittance(pay(one, TYPICAL), trace="T1"), remittance(pay(two, DENIED), trace="T2")
    )

    view = selectors.remittance_view(first.remittance_id)

    [place] = view.places
    assert (place.row.outcome, place.payment.paid, view.posted) == ("paid", *[dollars("80.00")] * 2)
    [entry] = selectors.posting_of(place.row)
    assert sum(
        leg.amount for leg in entry.legs if leg.account == "asset:remit-clearing"
    ) == dollars("80.00")
    row = selectors.remittance_view(second.remittance_id).row
    second_bytes = [one.text for one in selectors.segment_lines(row, 1)]
    assert second_bytes[0].startswith("ST*835*")
    assert any(s.startswith("CLP*A2*") for s in second_bytes)
    assert not any(s.startswith("CLP*A1*") for s in second_bytes)


def test_the_list_shows_what_is_to_be_posted_and_finds_a_trace(desk):
    from cleanclaim.apps.billing.remittances.selectors import Filters, remittances, to_post

    one = claim("A1")
    desk.take(one)
    desk.post(remittance(pay(one, TYPICAL), trace="T1"))

    assert to_post().count() == 0
    assert [row.trace_number for row in remittances(Filters(text="T1"))] == ["T1"]
    assert [row.trace_number for row in remittances(Filters(text="t"))] == ["T1"]  # its beginning
    assert list(remittances(Filters(text="T9"))) == []
