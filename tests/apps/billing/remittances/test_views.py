"""Remittance pages: who may, what is shown and audited, what is refused."""

import re

import pytest

from tests.apps.billing.desks import browser, demo, reads
from tests.apps.billing.world import PAID_ON, TYPICAL, claim, pay, receive_835, remittance

pytestmark = pytest.mark.database_core


@pytest.fixture
def remitted(practice: int):
    """One payment of 80.00 for claim A1 that waits to be posted; (remittance id, patient id)."""
    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.billing.claims.services import import_claims
    from cleanclaim.apps.billing.remittances.services import receive_remittances
    from cleanclaim.apps.shared.tenancy.context import tenant

    one = claim("A1")
    with tenant(practice):
        import_claims([one], source_file_id=7, received_on=PAID_ON)
        received = receive_remittances(
            receive_835(remittance(pay(one, TYPICAL))), received_on=PAID_ON
        )
        patient_id = Claim.objects.get().patient_id
    with demo():
        yield received.ids[0], patient_id


def test_page_and_export_are_audited_for_each_patient(practice, remitted):
    pk, patient_id = remitted
    client = browser(practice, "Practice biller")

    page = client.get(f"/remittances/{pk}/")
    sheet = client.get(f"/remittances/{pk}/?xlsx=1")

    assert (page.status_code, sheet.status_code) == (200, 200)
    assert "If posted now" in page.content.decode()
    assert reads(practice) == [
        ("read", "remittance", patient_id),
        ("export", "remittance", patient_id),
    ]


def test_a_large_remittance_is_added_up_when_somebody_asks(practice, remitted, monkeypatch):
    from cleanclaim.apps.billing.remittances import views

    pk, _ = remitted
    monkeypatch.setattr(views, "SIMULATED_AT_ONCE", 0)
    client = browser(practice, "Practice biller")

    at_first = client.get(f"/remittances/{pk}/").content.decode()
    asked = client.get(f"/remittances/{pk}/?simulate=1").content.decode()
    other_claim = client.get(f"/remittances/{pk}/claims/1/").content.decode()

    assert "press F8 to add them all up" in at_first
    assert "sums to" in asked
    assert f"/remittances/{pk}/claims/1/?simulate=1" in asked
    for page in (at_first, asked, other_claim):
        assert "Contractual adjustments" in page


def test_a_simulation_says_when_it_was_made_and_whether_anything_changed(practice, remitted):
    pk, _ = remitted
    client = browser(practice, "Practice biller")

    at_first = client.get(f"/remittances/{pk}/").content.decode()
    link = re.search(r'href="([^"]+)">Simulate', at_first).group(1).replace("&amp;", "&")
    same = client.get(f"/remittances/{pk}/{link}").content.decode()
    other = client.get(f"/remittances/{pk}/?simulate=1&shown=0123456789abcdef").content.decode()

    assert "Simulated at" not in at_first
    assert "nothing has changed since it was last shown" in same
    assert "it is not what was shown before" in other


@pytest.mark.parametrize("query", ["", "?q=nosuch"])
def test_a_posted_remittance_says_what_its_entries_sum_to(practice, remitted, query):
    from cleanclaim.apps.billing.remittances.services import post_remittance
    from cleanclaim.apps.shared.tenancy.context import tenant

    pk, _ = remitted
    client = browser(practice, "Practice biller")
    with tenant(practice):
        post_remittance(pk, posted_on=PAID_ON)

    page = client.get(f"/remittances/{pk}/{query}").content.decode()

    sheet = page.partition("<h2>Posted</h2>")[2].partition("</section>")[0]
    said = [re.sub(r"<[^>]+>", " ", one) for one in re.findall(r"<li.*?</li>", sheet)]
    # 120.00 = 80.00 paid + 30.00 CO-45 + 10.00 PR-2
    assert [" ".join(one.split()) for one in said] == [
        "Remittances awaiting their deposit 80.00",
        "Receivable, first payer \u2212 120.00",
        "Receivable, patients 10.00",
        "Contractual adjustments 30.00",
        "sums to 0.00",
    ]


def test_a_payment_that_cannot_be_posted_is_held_as_work(practice):
    from cleanclaim.apps.billing.remittances.models import Remittance
    from cleanclaim.apps.billing.remittances.services import receive_remittances
    from cleanclaim.apps.shared.tenancy.context import tenant

    one = claim("A1")
    with tenant(practice):
        value = remittance(pay(one, TYPICAL), plb=(("B3", "ALLOW", "3.00"),))
        [pk] = receive_remittances(receive_835(value), received_on=PAID_ON).ids
    with demo():
        client = browser(practice, "Practice biller")
        before = client.get(f"/remittances/{pk}/").content.decode()
        after = client.post(f"/remittances/{pk}/post/", {"round": 0}, follow=True).content.decode()

    assert "Provider adjustment B3 (recovery allowance): its account" in before
    assert "Hold as work" in before
    assert "Held, nothing was posted" in after
    assert "Hold as work" not in after
    with tenant(practice):
        assert Remittance.objects.get(pk=pk).state == "held"


def test_a_role_without_the_permission_is_refused(practice, remitted):
    pk, _ = remitted
    client = browser(practice, "Claims examiner")

    answers = [
        client.get("/remittances/"),
        client.get(f"/remittances/{pk}/"),
        client.post(f"/remittances/{pk}/post/", {"round": 0}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert "remittances.read" in answers[0].content.decode()


def test_another_organization_does_not_have_it(practice, remitted):
    from cleanclaim.apps.shared.tenancy.services import find_or_add_organization

    pk, patient_id = remitted
    other = find_or_add_organization(
        kind="practice", name="Other Practice", npi="1999999984", tin="310000002"
    )
    client = browser(other.pk, "Billing lead")
    paths = (
        f"/remittances/{pk}/",
        f"/remittances/{pk}/about/",
        f"/remittances/{pk}/claims/1/",
        f"/accounts/{patient_id}/",
        "/ledger/entries/1/",
    )

    found = {path: client.get(path).status_code for path in paths}
    post = client.post(f"/remittances/{pk}/post/", {"round": 0})

    assert found == dict.fromkeys(paths, 404)
    assert post.status_code == 404


def test_a_page_from_before_a_posting_was_taken_back_posts_nothing(practice, remitted):
    from cleanclaim.apps.billing.remittances.models import Remittance
    from cleanclaim.apps.billing.remittances.services import post_remittance, reverse_posting
    from cleanclaim.apps.shared.tenancy.context import tenant

    pk, _ = remitted
    with tenant(practice):
        post_remittance(pk, posted_on=PAID_ON)
        reverse_posting(pk, on=PAID_ON, reason="wrong bank", by=None)
    client = browser(practice, "Practice biller")

    answer = client.post(f"/remittances/{pk}/post/", {"round": 0}, follow=True)

    assert "somebody posted this remittance and took it back" in answer.content.decode()
    with tenant(practice):
        assert Remittance.objects.get(pk=pk).state == "reversed"


def test_taking_back_needs_a_reason(practice, remitted):
    from cleanclaim.apps.billing.remittances.services import post_remittance
    from cleanclaim.apps.shared.tenancy.context import tenant

    pk, _ = remitted
    with tenant(practice):
        post_remittance(pk, posted_on=PAID_ON)
    client = browser(practice, "Practice biller")

    answer = client.post(f"/remittances/{pk}/take-back/", {"reason": " "})

    assert answer.status_code == 400
    assert "expected why it is taken back" in answer.content.decode()


@pytest.mark.parametrize("query", ["state=nonsense", "from=yesterday", "after=zzz"])
def test_filters_that_mean_nothing_are_told(practice, remitted, query):
    answer = browser(practice, "Practice biller").get(f"/remittances/?{query}")

    assert answer.status_code == 400
    assert "expected" in answer.content.decode()


def test_the_proof_finds_a_remittance_whose_cash_was_not_posted(practice, remitted):
    from decimal import Decimal

    from cleanclaim.apps.billing.remittances.models import Remittance
    from cleanclaim.apps.billing.remittances.services import post_remittance
    from cleanclaim.apps.shared.tenancy.context import tenant

    pk, _ = remitted
    client = browser(practice, "Practice biller")
    with tenant(practice):
        post_remittance(pk, posted_on=PAID_ON)
    before = client.get("/ledger/proof/result/").content.decode()
    with tenant(practice):
        Remittance.objects.filter(pk=pk).update(paid=Decimal("81.00"))
    after = client.get("/ledger/proof/result/").content.decode()

    assert "Every entry is zero" in before
    assert "does not agree" in after
    assert f"remittance {pk}" in after


def test_a_payment_that_wants_a_rule_leads_to_the_form_filled_in(practice, remitted):
    from cleanclaim.apps.billing.remittances.services import receive_remittances
    from cleanclaim.apps.shared.tenancy.context import tenant

    value = remittance(pay(claim("A1"), TYPICAL), trace="T9", plb=(("ZX", "R", "1.00"),))
    with tenant(practice):
        [pk] = receive_remittances(receive_835(value), received_on=PAID_ON).ids
    client = browser(practice, "Practice biller")

    page = client.get(f"/remittances/{pk}/").content.decode()
    [link] = re.findall(r'href="(/remittances/rules/[^"]+)">Propose a rule for PLB-ZX<', page)
    form = client.get(link.replace("&amp;", "&"))

    assert form.status_code == 200
    assert 'value="PLB-ZX"' in form.content.decode()
    assert "What it would have changed" not in form.content.decode()
    other = client.get(f"/remittances/{remitted[0]}/").content.decode()
    assert "Propose a rule" not in other


@pytest.fixture
def only_adjustments(practice: int):
    """A payment without claims, of capitation, and one whose provider adjustment has no account; their ids."""
    from cleanclaim.apps.billing.remittances.services import receive_remittances
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        values = (
            remittance(trace="T8", plb=(("CT", "2026-07", "-40.00"),)),
            remittance(trace="T9", plb=(("B3", "allowance", "-25.00"),)),
        )
        received = receive_remittances(receive_835(*values), received_on=PAID_ON)
    with demo():
        yield received.ids


def test_a_payment_without_claims_says_why_it_cannot_be_posted_and_how_it_can(
    practice, only_adjustments
):
    _, held = only_adjustments
    page = browser(practice, "Billing lead").get(f"/remittances/{held}/").content.decode()

    assert "Cannot be posted." in page
    assert "its account is the practice&#x27;s choice" in page
    assert "Propose a rule for PLB-B3" in page
    assert "Hold as work" in page


def test_a_payment_without_claims_shows_what_posting_would_do(practice, only_adjustments):
    fine, _ = only_adjustments
    page = browser(practice, "Billing lead").get(f"/remittances/{fine}/").content.decode()

    assert "If posted now" in page
    assert "sums to" in page
    assert 'name="shown" value="' in page and 'name="shown" value=""' not in page
