"""The deposit pages: what waits, placed by a person, undone, split, owned, exported."""

from datetime import date

import pytest
from django.test import Client

from tests.apps.billing.conftest import Desk
from tests.apps.billing.deposits.bank import bring, eft, statement
from tests.apps.billing.desks import browser, demo
from tests.apps.billing.world import PAID_ON, TYPICAL, claim, pay, remittance


@pytest.fixture
def biller(practice: int) -> Client:
    """A biller of a practice with one remittance posted (T1, 80.00) and two bank lines that nobody placed."""
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        desk = Desk()
        one = claim("A1")
        desk.take(one)
        desk.post(remittance(pay(one, TYPICAL), trace="T1"))
        bring((PAID_ON, "80.00", "COASTAL ALLIANCE HEALTH PLAN"), (PAID_ON, "33.00", "COUNTER"))
    with demo():
        yield browser(practice, "Practice biller")


def rows(practice: int, model: str):
    from django.apps import apps

    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        return list(apps.get_model("deposits", model).objects.order_by("id"))


def text(response) -> str:
    assert response.status_code == 200, response.content[:600]
    return response.content.decode()


def test_what_waits_is_listed_with_its_candidates(biller, practice):
    page = text(biller.get("/deposits/"))
    sure, counter = rows(practice, "BankLine")
    side = text(biller.get(f"/deposits/lines/{sure.pk}/about/"))
    other = text(biller.get(f"/deposits/lines/{counter.pk}/about/"))

    assert "113.00" in page and "T1" in page
    assert 'data-key="m"' in side and "100 % alike" in side
    assert "nothing of this trace or amount is awaited" in other and 'data-key="m"' not in other
    assert biller.get("/deposits/?state=placed").status_code == 200
    assert "No bank line fits" in text(biller.get("/deposits/?state=placed"))
    assert biller.get("/deposits/?state=lost").status_code == 400
    assert biller.get("/deposits/?xlsx=1").content[:2] == b"PK"


def test_a_line_is_placed_and_undone(biller, practice):
    sure, _ = rows(practice, "BankLine")
    remittance_id = text(biller.get(f"/deposits/lines/{sure.pk}/about/"))
    number = remittance_id.split('name="remittance" value="')[1].split('"')[0]

    done = biller.post(f"/deposits/lines/{sure.pk}/place/", {"remittance": number}, follow=True)
    [deposit] = rows(practice, "Deposit")
    shown = text(biller.get(f"/deposits/lines/{sure.pk}/"))
    again = biller.post(f"/deposits/lines/{sure.pk}/place/", {"remittance": number})

    assert f"Undo deposit {deposit.pk}" in text(done)
    assert f"entry {deposit.entry_id}" in shown.lower() and "Practice biller" in shown
    assert again.status_code == 409
    assert biller.post(f"/deposits/{deposit.pk}/undo/").status_code == 400  # no reason
    text(biller.post(f"/deposits/{deposit.pk}/undo/", {"reason": "wrong"}, follow=True))
    assert "wrong" in text(biller.get(f"/deposits/lines/{sure.pk}/"))


def test_all_sure_matches_are_accepted_at_once(biller, practice):
    done = text(biller.post("/deposits/selected/", {"do": "all"}, follow=True))

    assert "1 deposit placed. 1 line without a match that is sure enough" in done
    assert [one.state for one in rows(practice, "BankLine")] == ["placed", "open"]


def test_a_statement_is_dropped_and_refused_when_it_comes_again(biller, practice):
    from django.core.files.uploadedfile import SimpleUploadedFile

    def drop(data: bytes):
        return biller.post(
            "/deposits/upload/", {"file": SimpleUploadedFile("bank.csv", data)}, follow=True
        )

    assert "1 bank line, 1 deposit placed" in text(drop(statement(eft("T1"))))
    again = drop(statement(eft("T1")))
    assert (again.status_code, b"came before in file" in again.content) == (409, True)
    assert drop(b"not a statement").status_code == 400
    assert biller.post("/deposits/upload/").status_code == 400


def test_a_part_goes_to_another_entity(biller, practice):
    _, counter = rows(practice, "BankLine")

    text(
        biller.post(
            f"/deposits/lines/{counter.pk}/split/",
            {"entity": "Films", "amount": "3.00"},
            follow=True,
        )
    )

    assert "Films" in text(biller.get("/deposits/cash/"))
    assert biller.post(f"/deposits/lines/{counter.pk}/split/", {"amount": "x"}).status_code == 400


def test_waiting_cash_has_an_owner_an_age_and_ties(biller, practice):
    [owner] = _people(practice)
    asked = {"row": "liability:unidentified-cash||bank " + str(rows(practice, "BankLine")[0].pk)}

    before = text(biller.get("/deposits/cash/"))
    after = text(biller.post("/deposits/cash/own/", {**asked, "owner": owner}, follow=True))

    assert "ties to the account" in before and "113.00" in before and "nobody" in before
    assert ">Practice biller<" in after
    assert biller.post("/deposits/cash/own/", {**asked, "owner": 999999}).status_code == 400
    assert biller.post("/deposits/cash/own/", {"row": "asset:bank||x"}).status_code == 400
    assert biller.get("/deposits/cash/?xlsx=1").content[:2] == b"PK"


def test_a_batch_is_filled_closed_and_its_slip_printed(biller, practice):
    cover = {"kind": "lockbox", "name": "Lockbox 7", "count": "2", "total": "75.00"}
    text(biller.post("/deposits/batches/open/", cover, follow=True))
    [batch] = rows(practice, "DepositBatch")
    where = f"/deposits/batches/{batch.pk}/"

    biller.post(where + "items/", {"amount": "50.00", "number": "1001", "payer_name": "Okafor"})
    early = biller.post(where + "close/")
    biller.post(where + "items/", {"amount": "26.00"})
    biller.post(where + "items/2/")
    biller.post(where + "items/", {"amount": "25.00", "number": "1002"})
    text(biller.post(where + "close/", follow=True))
    slip = text(biller.get(where + "slip/"))

    assert early.status_code == 409
    assert "Count and total agree with the cover" in slip and "75.00" in slip and "1002" in slip
    assert "Awaiting its deposit" in text(biller.get(where))
    assert biller.post("/deposits/batches/open/", {**cover, "kind": "x"}).status_code == 400


def _people(practice: int) -> list[int]:
    from cleanclaim.apps.shared.users.models import Membership

    found = Membership.objects.filter(organization_id=practice)
    return list(found.values_list("user_id", flat=True))


def test_days_are_days(biller):
    assert biller.get("/deposits/?from=soon").status_code == 400
    assert biller.get(f"/deposits/?from={date(2026, 7, 1)}&to={PAID_ON}").status_code == 200


def test_nobody_says_that_more_was_kept_back_than_they_may_move(biller, practice):
    """A batch counts as a remittance does: what falls short of it is an expense that somebody must be allowed."""
    cover = {"kind": "lockbox", "name": "Lockbox 8", "count": "1", "total": "9000000.00"}
    text(biller.post("/deposits/batches/open/", cover, follow=True))
    [batch] = rows(practice, "DepositBatch")
    where = f"/deposits/batches/{batch.pk}/"
    biller.post(where + "items/", {"amount": "9000000.00"})
    text(biller.post(where + "close/", follow=True))
    _, counter = rows(practice, "BankLine")
    place = f"/deposits/lines/{counter.pk}/place/"

    done = biller.post(place, {"batch": str(batch.pk), "kept_back": "expense:bank-fees"})

    assert done.status_code == 403
    assert rows(practice, "Deposit") == []


def test_a_match_that_says_more_than_the_persons_limit_is_left_to_somebody_else(biller, practice):
    from cleanclaim.apps.shared.tenancy.context import tenant

    cover = {"kind": "card", "name": "Cards", "count": "1", "total": "50.00"}
    text(biller.post("/deposits/batches/open/", cover, follow=True))
    [batch] = rows(practice, "DepositBatch")
    where = f"/deposits/batches/{batch.pk}/"
    biller.post(where + "items/", {"amount": "50.00"})
    text(biller.post(where + "close/", follow=True))
    with tenant(practice):
        [line] = bring(
            (batch.batch_on, "48.55", "CARD SETTLEMENT"), name="cards.csv", on=batch.batch_on
        ).line_ids
    about = f"/deposits/lines/{line}/about/"

    poster = text(browser(practice, "Cash poster").get(about))
    lead = text(browser(practice, "Billing lead").get(about))

    said = "1.45 kept back is above your limit: somebody with a higher one matches it"
    assert (said in poster, 'data-key="m"' in poster) == (True, False)
    assert (said in lead, 'data-key="m"' in lead) == (False, True)
