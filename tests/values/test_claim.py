"""A claim's own days and codes, and where its lines take them from."""

from dataclasses import replace
from datetime import date

from cleanclaim.values.claim import Procedure
from cleanclaim.values.dental import Dental
from cleanclaim.values.institutional import Institutional
from tests.apps.billing.world import claim, line

STAY = Institutional(date(2026, 6, 1), date(2026, 6, 4))


def test_a_line_without_a_day_has_those_of_the_stay_and_the_others_keep_theirs() -> None:
    room = replace(line(1, ""), service_from=None, service_to=None)
    surgery = replace(line(2, ""), service_from=date(2026, 6, 2), service_to=None)
    stay = claim("S1", room, surgery, institutional=STAY)

    found = stay.dated.lines

    assert [(one.service_from, one.service_to) for one in found] == [
        (date(2026, 6, 1), date(2026, 6, 4)),
        (date(2026, 6, 2), None),
    ]
    assert stay.lines[0].service_from is None


def test_a_claim_without_days_stays_as_it_is() -> None:
    undated = replace(line(1, ""), service_from=None, service_to=None)
    professional, dental = claim("P1", undated), claim("D1", undated, dental=Dental())

    assert professional.dated is professional
    assert dental.dated is dental


def test_a_line_without_a_procedure_goes_by_its_revenue_code() -> None:
    room = replace(line(1, ""), procedure=Procedure(""), revenue_code="0120")

    assert room.billed_code == "0120"
    assert replace(room, procedure=Procedure("99213")).billed_code == "99213"


def test_an_estimate_asks_no_payment() -> None:
    assert claim("D1", dental=Dental(is_predetermination=True)).asks_no_payment
    assert not claim("D2", dental=Dental()).asks_no_payment
