"""A large remittance from its page: the worker adds it up and posts it, tells how far it is, and stops when asked."""

from decimal import Decimal

import pytest

from tests.apps.billing.desks import browser, demo
from tests.apps.billing.world import (
    DENIED,
    PAID_ON,
    TYPICAL,
    claim,
    pay,
    receive_835,
    remittance,
)

pytestmark = pytest.mark.database_core


@pytest.fixture
def large(practice: int, monkeypatch):
    """A payment of three claims, one of them not ours, where one claim is a part; (client, remittance's id)."""
    from cleanclaim.apps.billing.claims.services import import_claims
    from cleanclaim.apps.billing.remittances import parts
    from cleanclaim.apps.billing.remittances.services import receive_remittances
    from cleanclaim.apps.shared.tenancy.context import tenant

    monkeypatch.setattr(parts, "PLACES_AT_ONCE", 1)
    one, two = claim("A1"), claim("A2")
    with tenant(practice):
        import_claims([one, two], source_file_id=7, received_on=PAID_ON)
        payments = (
            pay(one, TYPICAL),
            pay(two, DENIED, number="N2"),
            pay(claim("NO"), TYPICAL, number="N3"),
        )
        [pk] = receive_remittances(receive_835(remittance(*payments)), received_on=PAID_ON).ids
    with demo():
        yield browser(practice, "Practice biller"), pk


def work(practice: int) -> None:
    """What the worker does in a round."""
    from cleanclaim.apps.billing.remittances.services import open_run_ids, work_run
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        ids = open_run_ids()
    for run_id in ids:
        work_run(practice, run_id, on=PAID_ON)


def kept(practice: int, pk: int):
    """(remittance's state, last run, sum of remittance clearing)."""
    from cleanclaim.apps.billing.remittances.models import Remittance
    from cleanclaim.apps.billing.remittances.services import last_run
    from cleanclaim.apps.shared.ledger.selectors import account_balances, prove
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        assert prove().balanced
        clearing = account_balances().get("asset:remit-clearing", Decimal(0))
        return Remittance.objects.get(pk=pk).state, last_run(pk), clearing


def seal_on(page: str) -> str:
    from html import unescape

    return unescape(page.split('name="shown" value="')[1].split('"')[0])


def simulated(practice: int, client, pk: int) -> str:
    client.post(f"/remittances/{pk}/simulate/")
    work(practice)
    return client.get(f"/remittances/{pk}/").content.decode()


def test_nothing_is_posted_before_it_was_added_up_and_then_what_was_shown_is_posted(
    practice, large
):
    client, pk = large

    at_first = client.get(f"/remittances/{pk}/").content.decode()
    client.post(f"/remittances/{pk}/simulate/")
    under_way = client.get(f"/remittances/{pk}/").content.decode()
    work(practice)
    shown = client.get(f"/remittances/{pk}/").content.decode()
    before = kept(practice, pk)
    client.post(f"/remittances/{pk}/post/", {"shown": seal_on(shown)})
    work(practice)

    assert 'data-key="F9"' not in at_first
    assert "Adding up" in under_way and "% of 3 claims" in under_way
    assert "Cash held" not in shown and "no claim here has this control number" in shown
    assert before[0] == "received" and before[2] == 0
    state, run, clearing = kept(practice, pk)
    assert (state, run.state, clearing) == ("posted", "done", Decimal("160.00"))
    assert run.words.startswith("Posted: 2 of 3 claims")
    assert run.done_count == 6  # seen once more, then posted


def test_it_stops_where_posting_would_do_anything_else_than_was_shown(practice, large):
    from cleanclaim.apps.billing.claims.services import import_claims
    from cleanclaim.apps.shared.tenancy.context import tenant

    client, pk = large
    shown = simulated(practice, client, pk)
    with tenant(practice):  # the claim that was not ours comes meanwhile
        import_claims([claim("NO")], source_file_id=8, received_on=PAID_ON)

    client.post(f"/remittances/{pk}/post/", {"shown": seal_on(shown)})
    work(practice)

    state, run, clearing = kept(practice, pk)
    assert (state, run.state, clearing) == ("received", "stopped", 0)
    assert "posting would not do what was shown" in run.words


def test_without_the_comparison_it_would_post_what_nobody_saw(practice, large, monkeypatch):
    """The twin: the control taken away, the same steps post."""
    from cleanclaim.apps.billing.claims.services import import_claims
    from cleanclaim.apps.billing.remittances.services import runs
    from cleanclaim.apps.shared.tenancy.context import tenant

    client, pk = large
    shown = simulated(practice, client, pk)
    with tenant(practice):
        import_claims([claim("NO")], source_file_id=8, received_on=PAID_ON)
    monkeypatch.setattr(runs, "require_same_seal", lambda shown, now: None)

    client.post(f"/remittances/{pk}/post/", {"shown": seal_on(shown)})
    work(practice)

    assert kept(practice, pk)[0] == "posted"


def test_a_posting_under_way_is_stopped_by_a_person_and_nothing_of_it_stays(
    practice, large, monkeypatch
):
    from cleanclaim.apps.billing.remittances.services import runs

    client, pk = large
    shown = simulated(practice, client, pk)
    client.post(f"/remittances/{pk}/post/", {"shown": seal_on(shown)})
    count_on, steps = runs._count_on, []

    def count(organization_id: int, run_id: int, done: int) -> None:
        steps.append(done)
        if len(steps) == 5:  # two parts are written, the third is about to be planned
            assert client.post(f"/remittances/{pk}/stop/").status_code == 302
        count_on(organization_id, run_id, done)

    monkeypatch.setattr(runs, "_count_on", count)
    work(practice)

    state, run, clearing = kept(practice, pk)
    assert (state, run.state, clearing) == ("received", "stopped", 0)
    assert run.words == "a person stopped it. Nothing was changed."


def test_a_run_that_a_killed_worker_left_is_taken_up_again(practice, large):
    from cleanclaim.apps.billing.remittances.models import PostingRun
    from cleanclaim.apps.shared.tenancy.context import tenant

    client, pk = large
    shown = simulated(practice, client, pk)
    client.post(f"/remittances/{pk}/post/", {"shown": seal_on(shown)})
    with tenant(practice):
        PostingRun.objects.filter(is_posting=True).update(state="running", done_count=2)

    work(practice)

    assert kept(practice, pk)[0] == "posted"


def test_asking_twice_makes_one_run_and_posting_without_a_simulation_is_refused(practice, large):
    from cleanclaim.apps.billing.remittances.models import PostingRun
    from cleanclaim.apps.shared.tenancy.context import tenant

    client, pk = large

    refused = client.post(f"/remittances/{pk}/post/", follow=True).content.decode()
    client.post(f"/remittances/{pk}/simulate/")
    client.post(f"/remittances/{pk}/simulate/")

    assert "nothing was shown yet" in refused
    with tenant(practice):
        assert PostingRun.objects.count() == 1


def test_the_claims_are_found_by_number_and_outcome_with_their_sum(practice, large):
    client, pk = large

    by_number = client.get(f"/remittances/{pk}/?q=n3").content.decode()
    none = client.get(f"/remittances/{pk}/?outcome=held").content.decode()
    wrong = client.get(f"/remittances/{pk}/?outcome=lost")

    assert "1 shown of 1 that fit, paid 80.00" in by_number
    assert "No claim of this remittance fits" in none
    assert wrong.status_code == 400


def test_the_page_of_a_large_remittance_never_plans_it_whole(practice, large, monkeypatch):
    from cleanclaim.apps.billing.remittances import views

    client, pk = large

    def never(*_: object, **__: object) -> None:
        raise AssertionError("the whole remittance was read")

    monkeypatch.setattr(views, "whole", never)
    monkeypatch.setattr(views, "plan_remittance", never)

    for address in (
        f"/remittances/{pk}/",
        f"/remittances/{pk}/?simulate=1",
        f"/remittances/{pk}/claims/2/",
    ):
        assert client.get(address).status_code == 200


def posted(practice: int, client, pk: int) -> None:
    shown = simulated(practice, client, pk)
    client.post(f"/remittances/{pk}/post/", {"shown": seal_on(shown)})
    work(practice)


def test_a_large_posting_is_taken_back_by_the_worker_and_posts_again(practice, large):
    client, pk = large
    posted(practice, client, pk)

    client.post(f"/remittances/{pk}/take-back/", {"reason": "wrong deposit"})
    asked = kept(practice, pk)
    under_way = client.get(f"/remittances/{pk}/").content.decode()
    work(practice)
    state, run, clearing = kept(practice, pk)

    assert (asked[0], asked[1].state) == ("posted", "waiting")
    assert "Taking back" in under_way
    assert (state, run.state, clearing) == ("reversed", "done", 0)
    assert run.words.startswith("Taken back, reversed: 2 entries")
    posted(practice, client, pk)
    assert kept(practice, pk)[0] == "posted"


def test_a_taking_back_that_a_person_stops_leaves_the_posting(practice, large, monkeypatch):
    from cleanclaim.apps.billing.remittances.services import runs

    client, pk = large
    posted(practice, client, pk)
    client.post(f"/remittances/{pk}/take-back/", {"reason": "wrong deposit"})
    count_on, steps = runs._count_on, []

    def count(organization_id: int, run_id: int, done: int) -> None:
        steps.append(done)
        if len(steps) == 2:
            assert client.post(f"/remittances/{pk}/stop/").status_code == 302
        count_on(organization_id, run_id, done)

    monkeypatch.setattr(runs, "_count_on", count)
    work(practice)

    state, run, clearing = kept(practice, pk)
    assert (state, run.state, clearing) == ("posted", "stopped", Decimal("160.00"))


def test_what_is_not_posted_is_not_taken_back(practice, large):
    client, pk = large

    told = client.post(f"/remittances/{pk}/take-back/", {"reason": "wrong"}, follow=True)

    assert "Only what is posted is taken back" in told.content.decode()
    assert kept(practice, pk)[1] is None


def test_what_its_claims_say_is_told_as_of_a_small_payment(practice, large):
    """A CLP05 that is not the sum of its PR adjustments: a finding of one claim."""
    from dataclasses import replace

    from cleanclaim.apps.billing.remittances.large import look_through
    from cleanclaim.apps.billing.remittances.services import receive_remittances, simulate_posting
    from cleanclaim.apps.shared.tenancy.context import tenant

    payment = replace(
        pay(claim("A1"), TYPICAL, number="N9"), patient_responsibility=Decimal("25.00")
    )
    with tenant(practice):
        value = remittance(payment, trace="T9")
        [pk] = receive_remittances(receive_835(value), received_on=PAID_ON).ids
        small = simulate_posting(pk, posted_on=PAID_ON).findings
        found = look_through(pk, posted_on=PAID_ON).findings

    assert small and found == small
    assert "claim A1" in found[0]
