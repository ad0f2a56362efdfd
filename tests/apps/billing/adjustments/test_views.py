"""The pages: arithmetic before posting, approve by a second person, credits to a refund, re-apply, small balances."""

import re
from decimal import Decimal

import pytest

from tests.apps.billing.adjustments.people import PATIENT, owed
from tests.apps.billing.desks import browser, demo
from tests.apps.billing.world import PAID_ON, claim, line, pay, receive_835, remittance

pytestmark = pytest.mark.database_core


@pytest.fixture
def account(practice: int):
    """An account that owes 300.00; (patient, item)."""
    yield from opened(practice, owed("900.00", "300.00"))


@pytest.fixture
def overpaid(practice: int):
    """The payer paid a visit of 900.00 and once more 900.00."""
    yield from opened(practice, ("900.00", ()), times=2)


def opened(practice: int, answer, times: int = 1):
    from cleanclaim.apps.billing.claims.services import import_claims
    from cleanclaim.apps.billing.remittances.services import post_remittance, receive_remittances
    from cleanclaim.apps.shared.ledger.models import Item
    from cleanclaim.apps.shared.tenancy.context import tenant

    one = claim("A1", line(charge="900.00"))
    with tenant(practice):
        import_claims([one], source_file_id=7, received_on=PAID_ON)
        for number in range(times):
            value = remittance(pay(one, answer, number=f"ICN{number}"), trace=f"T{number}")
            for pk in receive_remittances(receive_835(value), received_on=PAID_ON).ids:
                post_remittance(pk, posted_on=PAID_ON)
        item = Item.objects.get()
    with demo():
        yield item.patient_id, item.pk


def rows(practice: int, model: str):
    from django.apps import apps

    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        return list(apps.get_model("adjustments", model).objects.order_by("id"))


def form(item: int, amount: str, step: str, reason: str = "courtesy", **more) -> dict:
    return {f"{item}|{PATIENT}": amount, "reason": reason, "note": "agreed", "step": step, **more}


def test_the_arithmetic_is_shown_before_anything_is_posted(practice, account):
    patient, item = account
    ana = browser(practice, "Practice biller")

    page = ana.post(f"/adjustments/account/{patient}/", form(item, "100.00", "preview"))

    text = page.content.decode()
    assert page.status_code == 200
    assert [figure in text for figure in ("300.00", "\u2212\u2009100.00", "200.00")] == [True] * 3
    assert "it posts at once" in text
    assert rows(practice, "Adjustment") == []


def test_within_the_limit_posted_by_one_key_and_undone_by_another(practice, account):
    patient, item = account
    ana = browser(practice, "Practice biller")

    ana.post(f"/adjustments/account/{patient}/", form(item, "100.00", "post"))
    [row] = rows(practice, "Adjustment")
    ana.post(f"/adjustments/{row.pk}/undo/", {"words": "wrong account"})

    [after] = rows(practice, "Adjustment")
    assert (row.state, after.state, after.closed_words) == ("posted", "undone", "wrong account")


def test_above_the_limit_the_lead_approves_what_the_biller_asked_for(practice, account):
    patient, item = account
    ana = browser(practice, "Practice biller")
    lee = browser(practice, "Billing lead")

    ana.post(f"/adjustments/account/{patient}/", form(item, "300.00", "post"))
    [row] = rows(practice, "Adjustment")
    own = ana.post(f"/adjustments/{row.pk}/approve/")
    listed = lee.get("/adjustments/").content.decode()
    lee.post("/adjustments/selected/", {"row": [row.pk], "do": "approve"})

    assert own.status_code == 403
    assert "300.00" in listed
    assert rows(practice, "Adjustment")[0].state == "posted"


def test_selected_requests_are_approved_within_the_limit_in_all_or_not_at_all(practice, account):
    _, item = account
    browser(practice, "Practice biller")
    bo = browser(practice, "Practice biller", name="Bo")
    made = place_waiting(practice, item)  # each within 250.00, both together not

    answer = bo.post("/adjustments/selected/", {"row": [row.pk for row in made], "do": "approve"})

    assert answer.status_code == 403
    assert {row.state for row in rows(practice, "Adjustment")} == {"waiting"}


def place_waiting(practice: int, item: int):
    from cleanclaim.apps.billing.adjustments.services import Move, Request, request_adjustment
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.apps.shared.users.models import User

    by = User.objects.get(name="Practice biller").pk
    with tenant(practice):
        for _ in range(2):
            asked = Request("to_agency", (Move(item, PATIENT, Decimal("130.00")),), "agency")
            request_adjustment(asked, on=PAID_ON, by=by)
    return rows(practice, "Adjustment")


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("300.01", "300.00 open"),
        ("x", "of claim A1, patients: &#x27;x&#x27;, expected an amount"),
        ("", "no amount"),
        ("-1", "above zero"),
    ],
)
def test_a_wrong_amount_is_said_on_the_form_and_posts_nothing(practice, account, amount, said):
    patient, item = account
    ana = browser(practice, "Practice biller")

    page = ana.post(f"/adjustments/account/{patient}/", form(item, amount, "post"))

    assert page.status_code == 422
    assert said in page.content.decode()
    assert rows(practice, "Adjustment") == []


def test_the_form_begins_at_a_reason_that_fits_what_the_patient_owes(practice, account):
    patient, _ = account

    page = browser(practice, "Practice biller").get(f"/adjustments/account/{patient}/")
    text = page.content.decode()
    [chosen] = re.findall(r'<option value="(\w+)" selected>', text)

    from cleanclaim.apps.billing.adjustments.reasons import reason

    assert PATIENT in reason(chosen, on=PAID_ON).accounts
    assert re.search(r'<select id="reason"[^>]* autofocus>', text)


def test_small_balances_name_claims_by_the_number_people_know(practice, account):
    from cleanclaim.apps.billing.adjustments.services import Rule, preview
    from cleanclaim.apps.billing.claims.selectors import control_numbers
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.project.cli.writeoff import _lines

    query = "up_to=300.00&older_than=1&quiet_for=1"

    page = browser(practice, "Billing lead").get(f"/adjustments/small/?{query}").content.decode()
    with tenant(practice):
        found = preview(Rule(Decimal("300.00"), 1, 1), on=PAID_ON)
        numbers = control_numbers(one.claim_id for one in found.candidates)
    told = list(_lines("harbor", found, None, numbers))

    assert re.search(r"<td[^>]*>\s*A1\s*</td>", page)
    assert "  claim A1: 300.00 since" in told[1]


def test_an_account_goes_to_legal_and_its_page_says_so(practice, account):
    patient, _ = account
    ana = browser(practice, "Practice biller")

    ana.post(
        f"/adjustments/account/{patient}/hold/",
        {"kind": "bankruptcy", "reference": "26-41872", "words": "chapter 7"},
    )

    assert "no contact about money" in ana.get(f"/accounts/{patient}/").content.decode()
    [hold] = rows(practice, "AccountHold")
    ana.post(f"/adjustments/account/{patient}/lift/{hold.pk}/", {"words": "dismissed"})
    assert "no contact" not in ana.get(f"/accounts/{patient}/").content.decode()


def test_a_payment_is_re_applied_from_the_accounts_page(practice, overpaid):
    patient, item = overpaid
    lee = browser(practice, "Billing lead")
    entry = payment_of(practice, item)

    page = lee.get(f"/adjustments/payment/{patient}/{entry}/")
    side = lee.get(f"/accounts/{patient}/entries/{entry}/")

    assert "Take off" in page.content.decode()
    assert f"/adjustments/payment/{patient}/{entry}/" in side.content.decode()
    wrong = {f"off-{item}|receivable:payer:1": "5.00", "note": "n", "step": "preview"}
    assert lee.post(f"/adjustments/payment/{patient}/{entry}/", wrong).status_code == 422


def payment_of(practice: int, item: int) -> int:
    from cleanclaim.apps.shared.ledger.models import Leg
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        found = Leg.objects.filter(item_id=item, account="asset:remit-clearing")
        return found.order_by("id").values_list("entry_id", flat=True)[0]


def test_from_a_credit_to_a_check_by_two_people(practice, overpaid):
    ana = browser(practice, "Practice biller")
    lee = browser(practice, "Billing lead")
    max_ = browser(practice, "Billing lead", name="Max")
    listed = ana.get("/credits/").content.decode()
    [key] = re.findall(r'name="row" value="([^"]+)"', listed)

    ana.post("/credits/identify/", {"row": [key]})
    [row] = rows(practice, "Refund")
    ana.post(f"/credits/{row.pk}/request/")
    own = ana.post(f"/credits/{row.pk}/approve/")
    lee.post(f"/credits/{row.pk}/approve/")
    max_.post("/credits/issue/", {"refund": [row.pk], "method": "check", "bank_account": "778120"})
    [file] = rows(practice, "RefundFile")

    assert "paid twice" in listed
    assert own.status_code == 403
    letter = ana.get(f"/credits/{row.pk}/letter/").content.decode().split("<main", 1)[1]
    assert "900.00" in letter and "Entry " in letter
    assert re.findall(r"\d{4}-\d\d-\d\d", letter) == []  # days as people write them
    assert b"TOTAL,1,900.00" in max_.get(f"/credits/files/{file.pk}/content/").content
    assert rows(practice, "Refund")[0].state == "issued"
    max_.post(f"/credits/{row.pk}/clear/")
    assert rows(practice, "Refund")[0].state == "cleared"


def test_what_is_owed_back_as_a_whole_is_proved_by_what_its_entries_moved_there(practice):
    """The entry's money goes to the clearing as well: page and letter said 0.00 of it."""
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.adjustments.people import person
    from tests.apps.billing.adjustments.test_takeback_once import as_a_whole
    from tests.apps.billing.conftest import Desk

    with tenant(practice):
        [case] = as_a_whole(Desk(), person(practice, "Ana"), "150.00")
    with demo():
        lee = browser(practice, "Billing lead")
        pages = [lee.get(f"/credits/{case}/{part}").content.decode() for part in ("", "letter/")]

    for page in pages:
        words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
        assert re.findall(r"Entry \d+, [\w-]+ of \w+ \d+, \d+:? ([\d.]+)", words) == ["150.00"]


def test_the_list_of_a_day_before_has_the_credit_and_not_yet_its_case(practice, overpaid):
    lee = browser(practice, "Billing lead")
    [key] = re.findall(r'name="row" value="([^"]+)"', lee.get("/credits/").content.decode())
    lee.post("/credits/identify/", {"row": [key]})
    [row] = rows(practice, "Refund")
    today = lee.get("/credits/").content.decode()
    lee.post("/as-of/", {"effective_on": str(PAID_ON)})

    before = lee.get("/credits/").content.decode()

    case = f"/credits/{row.pk}/"
    assert (case in today, case in before) == (True, False)
    assert "No credit is identified" in before and "1 credit" in before
    assert "Nobody is owed anything" not in before


@pytest.mark.parametrize(
    "path",
    ["/credits/terms/", "/adjustments/", "/adjustments/?show=mine", "/adjustments/small/", "/credits/",
     "/adjustments/?show=done&xlsx=1", "/credits/?xlsx=credits", "/adjustments/small/?xlsx=1"],
)  # fmt: skip
def test_pages_open_also_where_there_is_nothing(practice, path):
    with demo():
        assert browser(practice, "Billing lead").get(path).status_code == 200


def test_a_state_years_are_corrected_on_the_page(practice):
    with demo():
        lee = browser(practice, "Billing lead")
        lee.post(
            "/credits/terms/",
            {"kind": "escheat_years", "subject": "state:CA", "length": "4",
             "citation": "Code of Civil Procedure 1520", "valid_from": "2026-01-01"},
        )  # fmt: skip
        page = lee.get("/credits/terms/").content.decode()

    assert "state:CA" in page
    assert rows(practice, "Term")[0].length == 4


def test_a_payers_days_are_set_by_its_name(practice):
    from cleanclaim.apps.shared.parties.models import Payer
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        payer = Payer.objects.create(name="Blue Harbor PPO", payer_id="BH001")
    form = {"kind": "refund_days", "length": "30", "citation": "contract, section 9", "valid_from": "2026-01-01"}  # fmt: skip
    with demo():
        lee = browser(practice, "Billing lead")
        page = lee.post("/credits/terms/", {**form, "subject": "blue harbor ppo"}, follow=True)

    assert "Blue Harbor PPO: 30 from" in page.content.decode()
    assert [row.subject for row in rows(practice, "Term")] == [f"payer:{payer.pk}"]


@pytest.mark.parametrize("query", ["up_to=x", "older_than=-1", "up_to=NaN", "up_to=0"])
def test_a_rule_that_makes_no_sense_is_refused(practice, query):
    with demo():
        page = browser(practice, "Billing lead").get(f"/adjustments/small/?{query}")
    assert page.status_code == 400


def test_an_auditor_reads_what_was_asked_for_and_is_offered_nothing(practice, account):
    patient, item = account
    ana = browser(practice, "Practice biller")
    ana.post(f"/adjustments/account/{patient}/", form(item, "300.00", "post"))
    [row] = rows(practice, "Adjustment")
    ruth = browser(practice, "Auditor", name="Ruth")

    listed = ruth.get("/adjustments/").content.decode()
    asked = ruth.get(f"/adjustments/{row.pk}/").content.decode()
    credit = ruth.get("/credits/").content.decode()
    refused = ruth.post(f"/adjustments/{row.pk}/refuse/", {"words": "no"}).status_code

    assert "300.00" in listed and "300.00" in asked and "Credits not identified" in credit
    for page in (listed, asked, credit):
        assert 'method="post" action="/adjustments/' not in page
        assert 'method="post" action="/credits/' not in page
        assert 'name="row"' not in page
    assert (refused, rows(practice, "Adjustment")[0].state) == (403, "waiting")
