"""Tables hold what the typed values and a plain reading of the same messages hold, cell by cell."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import cleanclaim.edi
from cleanclaim.edi import read_file, write_835, write_837p
from cleanclaim.kernel.errors import InputError
from tests.edi.bulk.oracle import bulk, plain
from tests.edi.people import BATCH, ENVELOPE, claims, remittances
from tests.edi.shared_data import needs_samples, samples

pytest.importorskip("pyarrow", reason="tables need pyarrow")

OURS = sorted(Path(cleanclaim.edi.__file__).parent.glob("hc83*/samples/*.edi"))
FOREIGN = [s.path for s in samples() if s.transaction.startswith(("837", "835"))]
_SLOW = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),
)


def _assert_same(data, **options):
    found = bulk(data, **options)
    expected = plain(data)
    assert {name: len(rows) for name, rows in expected.items()} == {
        name: len(found[name]) for name in expected
    }
    for name, rows in expected.items():
        for row, other in zip(rows, found[name], strict=True):
            assert other == row, name


@pytest.mark.parametrize("path", OURS, ids=lambda path: f"{path.parents[1].name}-{path.stem}")
def test_our_samples_as_tables_are_what_a_plain_reading_gives(path):
    _assert_same(path.read_bytes())


@needs_samples
@pytest.mark.parametrize("path", FOREIGN, ids=lambda path: path.name)
def test_foreign_samples_as_tables_are_what_a_plain_reading_gives(path):
    data = path.read_bytes()
    try:
        read_file(data)
    except InputError:
        pytest.skip("no X12 file")

    _assert_same(data)


@_SLOW
@given(st.lists(claims(), min_size=1, max_size=4), st.integers(1, 3000))
def test_claims_of_any_kind_read_in_blocks_of_any_size(sent, size):
    _assert_same(write_837p(sent, envelope=ENVELOPE, batch=BATCH), block_bytes=size)


@_SLOW
@given(st.lists(remittances(), min_size=1, max_size=2), st.integers(1, 3000))
def test_remittances_of_any_kind_read_in_blocks_of_any_size(sent, size):
    _assert_same(write_835(sent, envelope=ENVELOPE), block_bytes=size)


@_SLOW
@given(st.lists(claims(), min_size=1, max_size=4))
def test_tables_of_claims_agree_with_the_typed_claims(sent):
    found = bulk(write_837p(sent, envelope=ENVELOPE, batch=BATCH))

    assert [(c["control_number"], c["charge"], c["place_of_service"]) for c in found["claims"]] == [
        (c.control_number, c.charge, c.place_of_service) for c in sent
    ]
    parties = {p["position"]: p for p in found["parties"]}
    for number, (row, claim) in enumerate(zip(found["claims"], sent, strict=True), 1):
        assert row["claim"] == number
        assert row["patient_paid"] == claim.patient_paid
        assert row["authorization_number"] == (claim.authorization_number or None)
        assert parties[row["billing"]]["name"] == claim.billing.last_name
        assert parties[row["billing"]]["id"] == (claim.billing.npi or None)
        assert parties[row["payer"]]["name"] == claim.payer.name
        person = parties[row["patient"] or row["subscriber"]]
        assert person["born_on"] == claim.patient_person.born_on
        lines = [line for line in found["lines"] if line["claim"] == number]
        assert [
            (x["line"], x["procedure"], x["charge"], x["quantity"], x["service_from"], x["service_to"], x["ndc"])
            for x in lines
        ] == [
            (n, x.procedure.code, x.charge, x.quantity, x.service_from, x.service_to, x.drug.ndc if x.drug else None)
            for n, x in enumerate(claim.lines, 1)
        ]  # fmt: skip
        codes = [c for c in found["codes"] if c["claim"] == number]
        assert {(d.qualifier, d.code) for d in claim.diagnoses} <= {
            (c["qualifier"], c["code"]) for c in codes
        }


@_SLOW
@given(st.lists(remittances(), min_size=1, max_size=2))
def test_tables_of_remittances_agree_with_the_typed_ones(sent):
    found = bulk(write_835(sent, envelope=ENVELOPE))

    assert [
        (p["message"], p["paid"], p["trace_number"], p["paid_on"], p["payer_name"])
        for p in found["payments"]
    ] == [(n, r.paid, r.trace_number, r.paid_on, r.payer.name) for n, r in enumerate(sent, 1)]
    paid = [claim for remittance in sent for claim in remittance.claims]
    assert [
        (c["control_number"], c["charge"], c["paid"], c["received_on"]) for c in found["claims"]
    ] == [(c.control_number, c.charge, c.paid, c.received_on) for c in paid]
    assert [
        (x["charge"], x["paid"], x["quantity"], x["control_number"]) for x in found["lines"]
    ] == [
        (x.charge, x.paid, x.quantity, x.line_control_number or None) for c in paid for x in c.lines
    ]
    for number, claim in enumerate(paid, 1):
        adjustments = [a for a in found["adjustments"] if a["claim"] == number]
        assert [
            (a["adjustment_group"], a["reason"], a["amount"], a["quantity"]) for a in adjustments
        ] == [(a.group.value, a.reason, a.amount, a.quantity) for a in claim.all_adjustments]
    assert [
        (p["message"], p["provider_id"], p["reason"], p["amount"])
        for p in found["provider_adjustments"]
    ] == [
        (n, p.provider_id, p.reason, p.amount)
        for n, r in enumerate(sent, 1)
        for p in r.provider_adjustments
    ]
