"""Every form of the money desk's pages, filled and sent while the months are locked: nothing is booked, and the page says which month.

The forms are read off the pages, so that one that comes later is tried as well.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import transaction

from tests.apps.billing.conftest import Desk
from tests.apps.billing.desks import browser, demo
from tests.apps.billing.world import PAID_ON, TYPICAL, claim, line, pay, receive_835, remittance
from tests.project.api.conftest import add_person
from tests.project.cli.test_locked_month import ANA, LEE, MAX, filled, legs

pytestmark = pytest.mark.database_core
MONEY = ("/remittances/", "/deposits/", "/receipts/", "/adjustments/", "/credits/", "/opening/", "/keying/", "/accounts/")  # fmt: skip
TYPED = {"amount": "5.00", "fee": "1.00", "number": "4711", "trace": "T4711", "routing": "011000015", "company_id": "1310000001"}  # fmt: skip
WORDS = "by the test"


@dataclass
class Form:
    """A form of a page with what a person would find or fill in; `buttons` send a value of their own."""

    action: str
    values: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class Forms(HTMLParser):
    """The forms that send something."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page, self.found, self.form = page, list[Form](), None
        self.select, self.area = "", ""

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in pairs}
        if tag == "form" and given.get("method", "").lower() == "post":
            self.form = Form(given.get("action") or self.page)
            self.found.append(self.form)
        elif self.form is None:
            return
        elif tag == "input":
            self._input(self.form, given)
        elif tag == "button" and given.get("name"):
            self.form.buttons.append((given["name"], given.get("value", "")))
        elif tag == "select":
            self.select = given.get("name", "")
        elif tag == "option" and self.select and (given.get("value") or "selected" in given):
            self.form.values = [one for one in self.form.values if one[0] != self.select or "selected" not in given]  # fmt: skip
            if not any(name == self.select for name, _ in self.form.values):
                self.form.values.append((self.select, given.get("value", "")))
        elif tag == "textarea":
            self.form.values.append((given.get("name", ""), WORDS))

    def _input(self, form: Form, given: dict[str, str]) -> None:
        name, kind, value = given.get("name", ""), given.get("type", "text"), given.get("value", "")
        if not name or kind in ("file", "search"):
            return
        if kind == "radio" and any(one == name for one, _ in form.values):
            return
        if kind == "date":
            value = value or "2026-07-20"
        elif kind not in ("hidden", "checkbox", "radio") and not value:
            value = next((typed for word, typed in TYPED.items() if word in name), WORDS)
            value = "5.00" if given.get("inputmode") == "decimal" else value
        form.values.append((name, value or "on" if kind == "checkbox" else value))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.select = ""


BOOKS = {  # so that the test is known to press what books
    "/remittances/N/post/", "/remittances/N/take-back/", "/remittances/N/claims/N/take-back/",
    "/receipts/patients/N/", "/receipts/N/apply/", "/receipts/N/return/", "/receipts/N/void/", "/receipts/apply/",
    "/credits/N/approve/", "/credits/N/cancel/", "/credits/issue/", "/credits/N/clear/", "/credits/N/stop/", "/credits/N/came-back/",
    "/deposits/awaited/N/card/", "/deposits/N/undo/", "/deposits/lines/N/fee/", "/deposits/lines/N/act/",
    "/opening/N/approve/", "/opening/N/approve-undo/",
}  # fmt: skip


def pages(it: dict[str, Any]) -> Iterator[str]:
    """Pages of the practice on which money can be moved."""
    from django.urls import reverse

    from cleanclaim.apps.billing.adjustments.models import Refund
    from cleanclaim.apps.billing.deposits.models import BankLine
    from cleanclaim.apps.billing.receipts.models import Receipt
    from cleanclaim.apps.billing.remittances.models import Remittance

    for name, model in (
        ("remittances:remittance", Remittance),
        ("receipts:receipt", Receipt),
        ("credits:case", Refund),
        ("deposits:line", BankLine),
    ):
        yield from (reverse(name, args=[row.pk]) for row in model.objects.order_by("id"))
    yield from (reverse("opening:load", args=[it[name]]) for name in ("load", "posted_load"))
    yield reverse("deposits:awaited", args=[it["awaited"]])
    yield f"{reverse('remittances:remittance', args=[it['awaited']])}claims/1/"
    yield reverse("receipts:take", args=[it["patient"]])
    yield reverse("adjustments:new", args=[it["patient"]])
    yield f"{reverse('adjustments:small')}?up_to=9.00&older_than=1&quiet_for=1"
    yield from map(reverse, ("deposits:list", "credits:list", "adjustments:list", "receipts:list", "credits:issue"))  # fmt: skip


def tried(client: Any, practice: int, it: dict[str, Any]) -> dict[str, tuple[int, str, int]]:
    """{form and button: status, answer, legs that it left}; each from the same state."""
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        addresses = list(pages(it))
    found = {}
    for page in addresses:
        answer = client.get(page)
        assert answer.status_code in (200, 302, 405), (page, answer.status_code)
        read = Forms(page)
        read.feed(answer.content.decode())
        for number, form in enumerate(read.found):
            if not form.action.startswith(MONEY):
                continue
            for button in form.buttons or [("", "")]:
                data: dict[str, list[str]] = {}
                for name, value in [*form.values, *([button] if button[0] else [])]:
                    data.setdefault(name, []).append(value)
                with transaction.atomic():
                    before = legs(practice)
                    sent = client.post(form.action, data, follow=True, headers={"referer": f"http://testserver{page}"})  # fmt: skip
                    left = legs(practice) - before
                    transaction.set_rollback(True)
                found[f"{page} {number} {form.action} {button[1]}"] = (sent.status_code, sent.content.decode(), left)  # fmt: skip
    return found


def test_no_form_books_into_a_locked_month(practice, tmp_path) -> None:
    from cleanclaim.apps.billing.remittances.services import receive_remittances
    from cleanclaim.apps.shared.ledger.services import close_period
    from cleanclaim.apps.shared.tenancy.context import tenant

    ana, lee, _ = (add_person(practice, "Billing lead", email=one).pk for one in (ANA, LEE, MAX))
    with tenant(practice):
        it = filled(tmp_path, ana, lee)
        one = claim("E1", line(service_from=date(2026, 6, 24)))
        Desk().take(one, source_file_id=75)
        value = remittance(pay(one, TYPICAL, number="ICNE"), trace="TE")
        receive_remittances(receive_835(value), received_on=PAID_ON)
    with demo():
        client = browser(practice, "Billing lead")
        free = tried(client, practice, it)
        with tenant(practice):
            for month in range(1, 13):
                close_period(date(2026, month, 1), by=9, reason="closed by the test")
        locked = tried(client, practice, it)

    books = {name for name, one in free.items() if one[2]}
    assert {re.sub(r"\d+", "N", name.split(" ")[2]) for name in books} >= BOOKS
    assert {name: one[0] for name, one in locked.items() if one[0] >= 500} == {}
    assert {name: one[2] for name, one in locked.items() if one[2]} == {}
    assert {name for name in books if not re.search(r"2026-\d\d", locked[name][1])} == set()
    assert {name for name in books if "closed" not in locked[name][1]} == set()
