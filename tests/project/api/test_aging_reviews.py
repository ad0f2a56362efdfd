"""Reviews of an aging by API and by command."""

import json

import pytest

from tests.apps.reports.aging.test_reviews import books
from tests.project.api.conftest import MakeApi

pytestmark = pytest.mark.database_core


def test_it_is_prepared_said_and_signed_by_two(practice: int, make_api: MakeApi) -> None:
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        books()
    biller = make_api(practice, role="Practice biller")
    lead = make_api(practice, role="Billing lead")
    body = {"on": "2026-10-31", "by": ["payer"]}

    machine = make_api(practice).post("/aging/reviews", body, key="review-01")
    made = biller.post("/aging/reviews", body, key="review-02").json()
    where = f"/aging/reviews/{made['id']}"
    early = lead.post(f"{where}/sign", {}, key="review-03")
    said = biller.post(f"{where}/comments", {"group": 1, "words": "appeal sent"}, key="review-04")
    own = biller.post(f"{where}/sign", {}, key="review-05")
    signed = lead.post(f"{where}/sign", {"words": "seen"}, key="review-06").json()
    late = lead.post(f"{where}/withdraw", {"words": "wrong"}, key="review-07")

    assert (machine.status_code, early.status_code, own.status_code, late.status_code) == (
        403,
        409,
        403,
        409,
    )
    assert said.json()["groups"][0]["comment"] == "appeal sent"
    assert (signed["state"], signed["difference"]) == ("signed", "0.00")
    assert made["groups"][0]["over_90_days"] == "5000.00"
    assert [one["id"] for one in biller.get("/aging/reviews").json()["rows"]] == [made["id"]]


def test_its_preparer_puts_it_aside_and_a_lead_brings_it_back(
    practice: int, make_api: MakeApi
) -> None:
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        books()
    biller, other = (make_api(practice, role="Practice biller") for _ in range(2))
    lead = make_api(practice, role="Billing lead")
    made = biller.post("/aging/reviews", {"on": "2026-10-31"}, key="aside-01").json()
    where, why = f"/aging/reviews/{made['id']}", {"words": "wrong groups"}

    bare = biller.post(f"{where}/withdraw", {}, key="aside-02")
    machine = make_api(practice).post(f"{where}/withdraw", why, key="aside-03")
    refused = other.post(f"{where}/withdraw", why, key="aside-04")
    aside = biller.post(f"{where}/withdraw", why, key="aside-05").json()
    not_hers = other.post(f"{where}/bring-back", {}, key="aside-06")
    back = lead.post(f"{where}/bring-back", {}, key="aside-07").json()
    again = lead.post(f"{where}/bring-back", {}, key="aside-08")

    assert (bare.status_code, machine.status_code, refused.status_code) == (422, 403, 403)
    assert (not_hers.status_code, again.status_code) == (403, 409)
    assert (aside["state"], back["state"]) == ("withdrawn", "prepared")
    assert [(one["kind"], one["words"]) for one in back["story"]] == [
        ("aside", "wrong groups"),
        ("back", ""),
    ]
    assert aside["story"][0]["by"] == made["prepared_by"] != back["story"][1]["by"]


def test_the_command_prepares_comments_signs_and_lists(
    practice: int, make_api: MakeApi, monkeypatch, capsys
) -> None:
    import argparse
    from contextlib import nullcontext

    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.apps.shared.users.models import Membership
    from cleanclaim.project.cli import aging_review as command

    with tenant(practice):
        books()
    for role in ("Practice biller", "Billing lead"):
        make_api(practice, role=role)
    biller, lead = (
        Membership.objects.get(organization_id=practice, role__name=role).user.email
        for role in ("Practice biller", "Billing lead")
    )
    monkeypatch.setattr("cleanclaim.project.setup.open_django", lambda *_, **__: nullcontext())

    def run(*words: str) -> tuple[int, str]:
        parser = argparse.ArgumentParser()
        parser.add_argument("--home", default=None)
        command.add_arguments(parser)
        return command.run(parser.parse_args(words)), capsys.readouterr().out

    status, text = run("prepare", "--as-of", "2026-10-31", "--by", biller, "--json")
    pk = str(json.loads(text)["review"])
    shown = run("show", pk)
    aside = run("withdraw", pk, "--words", "wrong groups", "--by", biller)
    back = run("bring-back", pk, "--by", lead)
    said = run("comment", pk, "1", "appeal sent", "--by", biller)
    signed = run("sign", pk, "--by", lead)
    listed = run("list")

    assert status == 1 and "COMMENT NEEDED: 5,000.00 over 90 days" in shown[1]
    assert (
        "put aside: wrong groups" in aside[1]
        and f"review {pk} of 2026-10-31: withdrawn" in aside[1]
    )
    assert "brought back\n" in back[1] and f"review {pk} of 2026-10-31: prepared" in back[1]
    assert (said[0], signed[0]) == (0, 0)
    assert f"review {pk} of 2026-10-31: signed" in signed[1]
    assert f"2026-10 due 2026-11-06: signed, review {pk}" in listed[1]
