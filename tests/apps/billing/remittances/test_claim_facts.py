"""What a hospital's remittance says beside the payment is shown as named rows."""

from cleanclaim.apps.billing.remittances.claim_facts import claim_facts
from tests.apps.billing.world import TYPICAL, claim, pay, remittance


def read(*segments: str):
    from cleanclaim.edi import read_file
    from tests.apps.billing.world import bytes_835

    data = bytes_835(remittance(pay(claim("A1"), TYPICAL))).decode()
    head, rest = data.split("NM1*QC*", 1)
    name, after = rest.split("~", 1)
    count = int(data.split("SE*")[1].split("*")[0])
    after = after.replace(f"SE*{count}*", f"SE*{count + len(segments)}*")
    changed = f"{head}NM1*QC*{name}~{''.join(s + '~' for s in segments)}{after}"
    [message] = read_file(changed.encode()).messages
    [payment] = message.claim_payments()
    return [(one.place, one.words, one.shown) for one in claim_facts(payment)]


def test_an_inpatient_claim_names_its_amounts_days_and_remarks():
    found = read("MIA*3**2*5100.5*MA01*250**75*******4")

    assert ("MIA01", "Inpatient: days or visits covered", "3") in found
    assert ("MIA04", "Inpatient: price of the diagnosis group (DRG)", "5,100.50") in found
    assert ("MIA15", "Inpatient: days in the cost report", "4") in found
    assert all(place != "MIA05" for place, _, _ in found)  # read as a remark of the claim


def test_an_outpatient_claim_shows_its_rate_and_what_is_not_known():
    found = read("MOA*.8*45.5*MA01*****3.2*1.1")

    assert [(place, shown) for place, _, shown in found] == [
        ("MOA01", "80 %"),
        ("MOA02", "45.50"),
        ("MOA08", "3.20"),
        ("MOA09", "1.10"),
    ]


def test_amounts_and_counts_of_the_claim_are_named():
    found = read("AMT*D8*12.5", "QTY*CA*3")

    assert found == [("AMT D8", "discount", "12.50"), ("QTY CA", "covered, actual", "3")]
