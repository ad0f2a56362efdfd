"""Whether the worker posts by itself: said of a payer or of all; what it leaves to a person stands ready in the work list."""

import re

import pytest

from cleanclaim.kernel.errors import InputError
from tests.apps.billing.desks import browser, demo
from tests.apps.billing.world import DAY, PAID_ON, PAYER, TYPICAL, claim, pay, remittance

pytestmark = pytest.mark.database_core


@pytest.fixture
def live():
    """Pages at which demo people sign in."""
    with demo():
        yield


class Door:
    """The practice's door and what the worker does with what lies there."""

    def __init__(self, practice: int) -> None:
        self.practice = practice

    def say(self, way: str, *, payer_id: int = 0, note: str = "new biller"):
        from cleanclaim.apps.billing.remittances.services import (
            approve_worker_rule,
            set_worker_rule,
        )
        from cleanclaim.apps.shared.tenancy.context import tenant

        with tenant(self.practice):
            row = set_worker_rule(payer_id=payer_id, way=way, note=note, on=DAY, by=1)
            return row if row.is_in_force else approve_worker_rule(row.pk, by=2)

    def payer_id(self) -> int:
        from cleanclaim.apps.billing.coverage.services import find_or_add_payers, payer_key
        from cleanclaim.apps.shared.tenancy.context import tenant

        with tenant(self.practice):
            return find_or_add_payers([PAYER])[payer_key(PAYER)]

    def come(self, number: str = "A1", *, claims: bool = True) -> int:
        """A claim is sent, its 835 comes; the remittance's id after the worker's round."""
        from cleanclaim.apps.billing.claims.services import import_claims
        from cleanclaim.apps.billing.remittances.models import Remittance
        from cleanclaim.apps.shared.tenancy.context import tenant
        from tests.apps.billing.world import receive_835

        with tenant(self.practice):
            if claims:
                import_claims([claim(number)], source_file_id=7, received_on=DAY)
            paid = pay(claim(number), TYPICAL, number=f"ICN{number}")
            receive_835(remittance(paid, trace=f"T{number}"), name=f"{number}.835")
        self.round()
        with tenant(self.practice):
            return Remittance.objects.latest("id").pk

    def round(self) -> None:
        from cleanclaim.project.loop.stages import work_received

        work_received(self.practice, PAID_ON)

    def row(self, pk: int):
        from cleanclaim.apps.billing.remittances.models import Remittance
        from cleanclaim.apps.shared.tenancy.context import tenant

        with tenant(self.practice):
            return Remittance.objects.get(pk=pk)

    def work(self) -> list[tuple[str, str]]:
        from cleanclaim.apps.shared.tenancy.context import tenant
        from cleanclaim.apps.shared.work.models import WorkItem

        with tenant(self.practice):
            open_ = WorkItem.objects.filter(kind="unposted").exclude(state="done").order_by("id")
            return list(open_.values_list("title", "reason"))


@pytest.fixture
def door(practice) -> Door:
    return Door(practice)


def test_without_a_word_the_worker_posts_and_the_page_says_so(live, door, practice):
    pk = door.come()

    assert (door.row(pk).state, door.row(pk).worker_rule_id) == ("posted", 0)
    page = browser(practice, "Practice biller").get(f"/remittances/{pk}/").content.decode()
    assert "by the worker, as no rule has a person look first, Jul 8" in page


def test_a_person_looks_first_and_posts_by_key(live, door, practice):
    rule = door.say("look")
    pk = door.come()
    door.round()  # it is left alone, however often the worker comes by

    assert door.row(pk).state == "received"
    assert door.work() == [
        ("Ready to post: trace TA1", f"1 of 1 claim would post, 0 held. Rule {rule.pk}: new biller")
    ]

    biller = browser(practice, "Practice biller")
    page = biller.get(f"/remittances/{pk}/?simulate=1").content.decode()
    assert "Ready to post" in page and f"rule {rule.pk} leaves it to a person" in page
    assert 'data-key="F8"' in page and 'data-key="F9"' in page
    [seal] = re.findall(r'name="shown" value="([^"]+)"', page)
    biller.post(f"/remittances/{pk}/post/", {"round": "0", "shown": seal})

    assert door.row(pk).state == "posted"
    assert door.work() == []
    page = biller.get(f"/remittances/{pk}/").content.decode()
    assert "by Practice biller, " in page
    assert "the worker" not in page


def test_the_list_shows_what_is_ready_to_post(live, door, practice):
    posted = door.come("A1")
    door.say("look")
    ready = door.come("A2")

    page = browser(practice, "Practice biller").get("/remittances/?state=ready").content.decode()

    assert f"/remittances/{ready}/" in page
    assert f"/remittances/{posted}/" not in page
    assert "ready to post" in page


def test_a_payers_own_rule_goes_before_that_of_all_and_may_be_given_up(door):
    door.say("look")
    own = door.say("post", payer_id=door.payer_id())
    by_itself = door.come("A1")
    door.say("default", payer_id=door.payer_id())
    left = door.come("A2")

    assert (door.row(by_itself).state, door.row(by_itself).worker_rule_id) == ("posted", own.pk)
    assert door.row(left).state == "received"


def test_a_rule_of_one_payer_leaves_the_others_alone(door):
    from cleanclaim.apps.shared.parties.models import Payer
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(door.practice):
        other = Payer.objects.create(name="Bay Plan", payer_id="BAY1").pk
    door.say("look", payer_id=other)

    assert door.row(door.come()).state == "posted"


def test_what_was_left_to_a_person_stays_with_them_when_the_rule_changes(door):
    door.say("look")
    left = door.come("A1")
    door.say("post")
    door.round()
    after = door.come("A2")

    assert door.row(left).state == "received"
    assert door.row(after).state == "posted"


def test_what_cannot_be_posted_says_so_in_the_work_list_and_is_held_once(live, door, practice):
    door.say("look")
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.world import receive_835

    with tenant(practice):
        receive_835(remittance(plb=(("ZZ", "X", "-5.00"),), trace="TZ"), name="z.835")
    door.round()
    [(title, reason)] = door.work()
    assert title == "Ready to post: trace TZ"
    assert reason.startswith("Cannot be posted as it is: ")
    from cleanclaim.apps.billing.remittances.models import Remittance

    with tenant(practice):
        pk = Remittance.objects.get(trace_number="TZ").pk

    browser(practice, "Practice biller").post(f"/remittances/{pk}/post/", {"round": "0"})

    assert door.row(pk).state == "held"
    assert [title for title, _ in door.work()] == ["Remittance held: trace TZ"]


def test_taken_back_and_posted_by_a_person_it_is_no_longer_the_workers(live, door, practice):
    from cleanclaim.apps.billing.remittances.services import reverse_posting
    from cleanclaim.apps.shared.tenancy.context import tenant

    pk = door.come()
    with tenant(practice):
        reverse_posting(pk, on=PAID_ON, reason="wrong one", by=1)
    door.round()

    assert (door.row(pk).state, door.row(pk).worker_rule_id) == ("reversed", None)
    biller = browser(practice, "Practice biller")
    biller.post(f"/remittances/{pk}/post/", {"round": "1"})
    assert "by Practice biller, " in biller.get(f"/remittances/{pk}/").content.decode()


def test_a_command_posts_what_is_left_to_a_person(door):
    from cleanclaim.apps.billing.claims.services import import_claims
    from cleanclaim.apps.billing.remittances.services.intake import Incoming, post_files
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.world import bytes_835

    door.say("look")
    with tenant(door.practice):
        import_claims([claim("A1")], source_file_id=7, received_on=DAY)
    data = bytes_835(remittance(pay(claim("A1"), TYPICAL)))

    [report] = post_files(door.practice, [Incoming("a.835", data)], posted_on=PAID_ON)

    assert [one.state for one in report.payments] == ["posted"]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"way": "look", "note": " "}, "reason is empty"),
        ({"way": "look", "payer_id": 999999}, "payer 999999: not found"),
        ({"way": "default"}, "is said of one payer"),
    ],
)
def test_a_rule_that_says_nothing_is_refused(door, said, words):
    with pytest.raises(InputError, match=words):
        door.say(**said)


def test_by_the_page_it_is_said_and_its_story_stays(live, door, practice):
    from cleanclaim.apps.billing.remittances.models import WorkerRule
    from cleanclaim.apps.shared.tenancy.context import tenant

    biller = browser(practice, "Practice biller")
    lead = browser(practice, "Billing lead")
    address = "/remittances/worker/"
    assert "Nothing was said yet" in biller.get(address).content.decode()

    biller.post(f"{address}set/", {"payer": "0", "way": "look", "note": "new biller"})
    biller.post(f"{address}set/", {"payer": "0", "way": "post", "note": "learnt it"})

    waiting = biller.get(address).content.decode()
    assert "without a rule of their own: a person looks first" in waiting
    assert "You said it. A second person approves it." in waiting
    with tenant(practice):
        look, post = WorkerRule.objects.order_by("id").values_list("pk", flat=True)
    assert f"Approve rule {look}" in lead.get(address).content.decode()
    assert biller.post(f"{address}{post}/decide/approve/").status_code == 403
    lead.post(f"{address}{post}/decide/approve/")

    page = biller.get(address).content.decode()
    assert "without a rule of their own: posted by itself" in page
    assert page.index("learnt it") < page.index("new biller")
    assert page.count("replaced") == 1
    assert biller.get(f"{address}?xlsx=1").status_code == 200
    wrong = biller.post(f"{address}set/", {"payer": "0", "way": "never", "note": "x"})
    assert wrong.status_code == 400
