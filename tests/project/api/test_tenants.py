"""Another tenant's ids are no ids: at every address of the API."""

import pytest

from tests.project.api import worlds
from tests.project.api.conftest import Api, MakeApi

# What a body must hold for the call to get as far as the row.
BODIES: dict[str, object] = {
    "keep_coverage": {"payer_name": "X", "payer_id": "X", "member_id": "X"},
    "change_claim": None,
    "correct_claim": None,
    "void_claim": {"reason": "entered twice"},
    "add_paper_eob_entries": {"entries": [{"kind": "unapplied", "amount": "5.00"}]},
    "place_bank_line": {"remittances": [1]},
    "undo_deposit": {"reason": "wrong one"},
    "settle_bank_line": {"entries": [1]},
    "settle_bank_line_by_act": {"desk": "receipt", "subject_id": 1, "kind": "nsf"},
    "reopen_bank_line": {"reason": "wrong one"},
    "pay_by_card": {"fee": "1.00"},
    "take_card_back": {"reason": "wrong one"},
    "reissue_payment": {"number": "T9", "reissued_on": "2026-08-01", "reason": "lost"},
    "pay_by_adjustment": {"adjustment_id": 1},
    "undo_given_back": {"reason": "wrong one"},
    "undo_reissue": {"reason": "wrong one"},
    "apply_receipt": {"parts": [{"item_id": 1, "amount": "1.00"}]},
    "return_receipt": {"kind": "nsf"},
    "void_receipt": {"reason": "slip"},
    "undo_receipt_return": {"reason": "another one"},
    "investigate_refund": {"began": "2026-01-01"},
    "cancel_refund": {"words": "no"},
    "dismiss_refund": {"words": "no"},
    "stop_refund": {"words": "no"},
    "undo_refund_clear": {"words": "no"},
    "undo_refund_came_back": {"words": "no"},
    "refund_came_back": {"kind": "returned", "words": "R03"},
    "say_payer_order": {"coverage_ids": [], "valid_from": "2026-01-01", "reason": "told so"},
    "snooze_work": {"until": "2099-01-01"},
    "ask_for_repeated_payment": {"reason": "another check"},
    "refuse_repeat_request": {"reason": "no"},
    "refuse_other_payment": {"reason": "no"},
    "confirm_day_of_remittance": {"reason": "called the payer"},
    "run_remittance": {"kind": "simulate"},
    "take_back_remittance": {"reason": "wrong one"},
    "take_back_claim_payment": {"reason": "wrong one"},
    "apply_held_payment": {"claim_id": 1},
    "apply_held_payment_beside": {"claim_id": 1},
    "apply_held_payment_instead": {"claim_id": 1, "reason": "letter"},
    "unsettle_reversal": {"reason": "wrong one"},
    "finish_work": {"outcome": "done"},
    "refuse_adjustment": {"words": "no"},
    "approve_close_request": {"words": "yes"},
    "refuse_close_request": {"words": "no"},
    "refuse_posting_rule": {"reason": "no"},
    "refuse_worker_rule": {"reason": "no"},
    "refuse_limit_days": {"reason": "no"},
    "comment_aging_review": {"group": 1, "words": "called"},
    "sign_aging_review": {"words": "seen"},
    "withdraw_aging_review": {"words": "wrong day"},
    "bring_back_aging_review": {"words": "right after all"},
    "approve_accrual": {"words": "yes"},
    "refuse_accrual": {"words": "no"},
    "reapply_payment": {
        "off": [{"item_id": 1, "account": "receivable:patient", "amount": "1.00"}],
        "onto": [{"item_id": 2, "account": "receivable:patient", "amount": "1.00"}],
        "note": "wrong item",
    },
    "withdraw_opening_load": {"reason": "wrong"},
    "undo_opening_load": {"reason": "wrong"},
    "undo_adjustment": {"words": "wrong"},
    "prepare_true_up_settlement": {
        "period_from": "2026-01-01",
        "amount": "-5.00",
        "account": "liability:payer-takeback",
        "settled_on": "2026-02-20",
        "words": "letter",
    },
    "ask_true_up_undo": {"reason": "wrong"},
    "release_pended_case": {"note": "looked at it"},
    "deny_pended_case": {"reason": "16", "words": "not covered", "note": "looked"},
}
A_CLAIM = {
    "coverage_id": 1,
    "diagnoses": ["E119"],
    "lines": [{"procedure": "99213", "charge": "10.00", "service_from": "2026-07-01"}],
}


@pytest.fixture
def worlds_by_side(practice: int, plan: int) -> dict[str, worlds.Ids]:
    return {"practice": worlds.fill_practice(practice), "plan": worlds.fill_plan(plan)}


def test_no_address_knows_another_tenants_ids(
    make_api: MakeApi, practice: int, plan: int, worlds_by_side: dict[str, worlds.Ids]
) -> None:
    # Persons' tokens where an operation wants a person; the plan's and practice's ids of one kind
    # never coincide, because the tables are shared.
    strangers = {
        "practice": make_api(plan, role="Plan lead"),
        "plan": make_api(practice, role="Billing lead"),
        "practice-machine": make_api(plan),
        "plan-machine": make_api(practice),
    }
    asked, wrong = set(), {}
    for name, (method, path) in worlds.operations().items():
        for side, ids in worlds_by_side.items():
            filled = worlds.with_ids(path, ids)
            if filled is None or filled == path:
                continue
            body = BODIES.get(name) or (A_CLAIM if name.endswith("t_claim") else None)
            body = body or (A_CLAIM if name == "change_claim" else None)
            asked.add(name)
            for who in (side, f"{side}-machine"):
                answer = worlds.call(strangers[who], method, filled, body)
                if answer.status_code not in (404, 403) or (
                    who.endswith("machine")
                    and answer.status_code == 403
                    and not _needs_person(name)
                ):
                    wrong[name, who] = (answer.status_code, answer.content[:200])

    with_a_row = {n for n, (_, path) in worlds.operations().items() if "{" in path}
    assert wrong == {}
    assert with_a_row - asked == set()


def _needs_person(name: str) -> bool:
    return name in {
        "take_work", "snooze_work", "finish_work", "release_file", "release_pended_case",
        "deny_pended_case", "comment_aging_review", "sign_aging_review", "withdraw_aging_review",
        "bring_back_aging_review",
    }  # fmt: skip


def test_lists_hold_only_the_tenants_own_rows(
    practice_api: Api, plan_api: Api, worlds_by_side: dict[str, worlds.Ids]
) -> None:
    shown = {
        name: (practice_api.get(path).json()["rows"], plan_api.get(path).json()["rows"])
        for name, (method, path) in worlds.operations().items()
        if method == "GET"
        and name.startswith("list_")
        and "{" not in path
        and name != "list_balances"
    }

    ids = {
        name: ({row["id"] for row in ours}, {row["id"] for row in theirs})
        for name, (ours, theirs) in shown.items()
    }
    assert [name for name, (ours, theirs) in ids.items() if ours & theirs] == []
    assert [name for name, (ours, theirs) in ids.items() if not ours and not theirs] == []
    assert {name for name, (ours, _) in ids.items() if ours} >= {
        "list_patients", "list_claims", "list_remittances", "list_files", "list_entries", "list_work",
        "list_bank_lines", "list_awaited_payments", "list_receipts", "list_refunds", "list_refund_files",
    }  # fmt: skip
    assert {name for name, (_, theirs) in ids.items() if theirs} >= {
        "list_cases", "list_members", "list_check_runs",
    }  # fmt: skip
