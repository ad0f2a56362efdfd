"""Forms of the money desk that are sent twice: worked once, and never mistaken for another."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.apps.billing.conftest import Desk
from tests.apps.billing.deposits.bank import bring, eft, statement
from tests.apps.billing.desks import browser, demo
from tests.apps.billing.world import PAID_ON, TYPICAL, claim, pay, remittance


@pytest.fixture
def clerk(practice: int):
    """A biller of a practice that posted 80.00 and has it at the bank, placed."""
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        one = claim("A1")
        desk = Desk()
        desk.take(one)
        desk.post(remittance(pay(one, TYPICAL), trace="T1"))
        bring(eft("T1"), (PAID_ON, "33.00", "COUNTER"))
    with demo():
        yield browser(practice, "Practice biller", name="Cy")


def token(client, page: str, action: str) -> str:
    found = re.search(
        rf'action="[^"]*{action}"[^>]*>.*?name="once" value="([0-9a-f]+)"',
        client.get(page).content.decode(),
        re.DOTALL,
    )
    assert found, f"{page}: the form to {action} bears no token"
    return found[1]


def test_a_statement_sent_twice_is_taken_in_once_and_another_under_its_token_is_refused(clerk):
    once = token(clerk, "/deposits/", "upload/")

    def send(*lines, name="b.csv"):
        file = SimpleUploadedFile(name, statement(*lines))
        return clerk.post("/deposits/upload/", {"file": file, "once": once})

    first = send((PAID_ON, "5.00", "X"))
    again = send((PAID_ON, "5.00", "X"))
    told = clerk.get("/deposits/").content.decode()
    other = send((PAID_ON, "6.00", "Y"))

    assert (first.status_code, again.status_code, other.status_code) == (302, 302, 409)
    assert "This form came twice" in told
    assert "sent before with other words" in other.content.decode()


def test_an_undoing_sent_twice_is_led_to_where_the_first_went(clerk, practice):
    from cleanclaim.apps.billing.deposits.models import Deposit
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        deposit = Deposit.objects.get()
    once = token(clerk, f"/deposits/lines/{deposit.line_id}/", f"/{deposit.pk}/undo/")
    form = {"reason": "wrong one", "once": once}

    answers = [clerk.post(f"/deposits/{deposit.pk}/undo/", form).status_code for _ in range(2)]
    without = clerk.post(f"/deposits/{deposit.pk}/undo/", {"reason": "wrong one"})

    assert answers == [302, 302]
    assert without.status_code == 409  # the twin: without the token the second is an error


@pytest.mark.parametrize(
    ("template", "action"),
    [
        ("deposits/list.html", "deposits:upload"),
        ("deposits/list.html", "deposits:selected"),
        ("deposits/list.html", "deposits:undo"),
        ("deposits/_about.html", "deposits:place"),
        ("deposits/_about.html", "deposits:undo"),
        ("deposits/awaited.html", "deposits:pay_card"),
        ("deposits/awaited.html", "deposits:undo"),
        ("deposits/awaited.html", "deposits:reissue"),
        ("deposits/awaited.html", "deposits:undo_reissue"),
        ("deposits/batch.html", "deposits:close_batch"),
        ("deposits/batch.html", "deposits:remove_item"),
        ("deposits/batch.html", "deposits:take_receipts"),
        ("deposits/day.html", "daily_proof:sign"),
        ("adjustments/list.html", "adjustments:selected"),
        ("adjustments/request.html", "adjustments:act"),
        ("adjustments/new.html", "adjustments:hold"),
        ("adjustments/new.html", "adjustments:lift"),
        ("credits/list.html", "credits:issue"),
        ("receipts/list.html", "receipts:apply_all"),
    ],
)
def test_forms_that_move_money_bear_a_token(database, template, action):
    from django.template.loader import get_template

    source = get_template(template).template.source
    forms = re.findall(rf'<form[^%]*{{% url "{action}".*?</form>', source, re.DOTALL)

    assert forms
    assert all("{% once %}" in one for one in forms)


def test_a_form_of_which_nothing_was_selected_may_be_sent_again_with_its_token(clerk):
    empty = {"once": "ab12"}

    first = clerk.post("/credits/identify/", empty, follow=True)
    # Something is selected now; that there is no such credit is another matter.
    second = clerk.post("/credits/identify/", {**empty, "row": "no such credit"}, follow=True)

    assert "Nothing was selected" in first.content.decode()
    assert "sent before with other words" not in second.content.decode()


def test_a_taking_out_sent_twice_leaves_what_took_the_items_place(clerk, practice):
    """Item 2 goes, another becomes item 2; the first form comes again. The twin: without a token that one goes, too."""
    from decimal import Decimal

    from cleanclaim.apps.billing.deposits.models import BatchItem, BatchKind
    from cleanclaim.apps.billing.deposits.services import NewItem, add_items, open_batch
    from cleanclaim.apps.shared.tenancy.context import tenant

    def add(*amounts: str) -> None:
        with tenant(practice):
            add_items(batch.pk, [NewItem(Decimal(amount)) for amount in amounts])

    def there() -> list[str]:
        with tenant(practice):
            return [f"{one.amount}" for one in BatchItem.objects.order_by("position")]

    with tenant(practice):
        batch = open_batch(
            kind=BatchKind.COUNTER, name="", batch_on=PAID_ON, count=2, total=Decimal("9.00"), by=7
        )
    add("4.00", "1.00")
    where = f"/deposits/batches/{batch.pk}/"
    once = token(clerk, where, "items/2/")

    clerk.post(f"{where}items/2/", {"once": once})
    add("5.00")
    clerk.post(f"{where}items/2/", {"once": once})
    kept = there()
    clerk.post(f"{where}items/2/")

    assert (kept, there()) == (["4.00", "5.00"], ["4.00"])


def test_a_batch_closed_and_a_day_signed_by_a_form_sent_twice(clerk, practice):
    from decimal import Decimal

    from cleanclaim.apps.billing.deposits.models import BatchKind, DaySignature
    from cleanclaim.apps.billing.deposits.services import NewItem, add_items, open_batch
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        batch = open_batch(
            kind=BatchKind.COUNTER, name="", batch_on=PAID_ON, count=1, total=Decimal("4.00"), by=7
        )
        add_items(batch.pk, [NewItem(Decimal("4.00"))])
    where = f"/deposits/batches/{batch.pk}/"
    close = {"once": token(clerk, where, "close/")}
    day = f"/daily-proof/?day={PAID_ON}"
    sign = {"day": str(PAID_ON), "once": token(clerk, day, "sign/")}

    closed = [clerk.post(f"{where}close/", close).status_code for _ in range(2)]
    signed = [clerk.post("/daily-proof/sign/", sign).status_code for _ in range(2)]

    assert (closed, signed) == ([302, 302], [302, 302])
    assert clerk.post(f"{where}close/").status_code == 409  # the twin
    with tenant(practice):
        assert DaySignature.objects.count() == 1


@pytest.mark.parametrize(
    ("where", "form", "words"),
    [
        ("/deposits/selected/", {"do": "all"}, "without a match that is sure enough"),
        ("/receipts/apply/", {}, "No prepayment applied"),
        ("/adjustments/selected/", {"do": "approve"}, "Nothing was selected"),
    ],
)
def test_where_nothing_was_done_the_form_may_be_sent_again(clerk, where, form, words):
    """No work was done, so the same words are answered anew and not as a form that came twice."""
    form = {**form, "once": "cd34"}

    first, again = (clerk.post(where, form, follow=True).content.decode() for _ in range(2))

    assert words in first and words in again
    assert "came twice" not in again
