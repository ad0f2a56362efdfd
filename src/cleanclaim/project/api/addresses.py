"""All operations of /api/v1."""

from cleanclaim.project.api import (
    accruals,
    adjustments,
    aging,
    aging_reviews,
    bank_debits,
    cases,
    check_runs,
    checklists,
    claims,
    close_tasks,
    closing,
    contracts,
    daily_proof,
    deposits,
    files,
    held_payments,
    items_review,
    journal_answers,
    kpis,
    ledger,
    limit_days,
    members,
    moving,
    opening,
    paper_eobs,
    patients,
    payer_order,
    payments,
    posting_rules,
    receipts,
    recoverability,
    refunds,
    remittance_runs,
    remittances,
    repeats,
    true_ups,
    work,
    worker_rules,
)
from cleanclaim.project.api.door import make_api, patterns_of

app_name = "api-v1"

api = make_api()
_PARTS = (
    files, patients, claims, remittances, held_payments, remittance_runs, posting_rules, repeats, deposits, daily_proof, bank_debits,
    paper_eobs,
    adjustments, ledger, aging, aging_reviews, kpis, opening, closing, checklists, close_tasks, journal_answers, items_review,
    work,
    members, cases, check_runs,
    contracts, recoverability, true_ups, payer_order, payments, receipts, refunds, worker_rules, limit_days,
    moving, accruals,
)  # fmt: skip
for module in _PARTS:
    api.add_router("", module.router)

urlpatterns = patterns_of(api)
