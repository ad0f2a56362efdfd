"""What people call a page, or look for there, besides its own name: the palette finds it by these words, too."""

from collections.abc import Mapping

# address name -> other names; a hyphen stands where some write one word
OTHER_NAMES: Mapping[str, tuple[str, ...]] = {
    "work:queue": ("work list", "to do", "queue", "denials", "denied claims", "follow-up", "reminders",),
    "patients:list": ("registration", "demographics", "insurance", "coverage", "eligibility",),
    "charges:start": ("superbill", "new claim", "post charges", "encounters",),
    "claims:list": ("denials", "denied claims", "rejections", "appeals", "corrected claims", "void",),
    "submissions:list": ("batches", "send claims", "clearinghouse", "837", "rejections",),
    "remittances:list": ("EOBs", "ERAs", "835", "payment posting", "post payments", "take-backs", "recoupments", "denials", "payer payments",),
    "deposits:list": ("bank", "deposit slips", "bank statement", "reconciliation", "checks", "EFT", "lockbox", "money out", "NSF",),
    "keying:list": ("EOBs", "paper checks", "manual posting", "key payments",),
    "daily_proof:day": ("day sheet", "end of day", "close the day", "balance the day", "sign the day", "bank",),
    "receipts:list": ("co-pays", "patient payments", "prepayments", "cash drawer", "counter", "returned checks", "NSF",),
    "variances:list": ("underpayments", "overpayments", "short paid", "appeals", "disputes", "contract payments", "true-ups",),
    "accounts:list": ("patient balances", "account history", "statements", "guarantors",),
    "adjustments:list": ("write-offs", "transfers", "small balances", "bad debt", "charity", "courtesy discounts",),
    "credits:list": ("refunds", "credit balances", "overpayments", "take-backs", "unclaimed property", "escheat",),
    "aging:aging": ("A/R", "accounts receivable", "who owes", "open balances", "past due", "collections",),
    "kpis:list": ("DSO", "days in A/R", "denial rate", "collection rate", "measures", "dashboard",),
    "contracts:list": ("fee schedules", "payer contracts", "rates", "allowed amounts",),
    "exchange:files": ("uploads", "835", "837", "999", "277CA", "bank files",),
    "x12:check": ("validate", "test a file", "837", "835",),
    "ledger:trial": ("accounts", "general ledger", "GL", "balances",),
    "ledger:proof": ("audit", "recompute", "out of balance",),
    "opening:list": ("take-over", "conversion", "former system", "legacy balances",),
    "closing:list": ("month-end close", "close calendar", "close tasks", "accruals", "journal", "roll-forward", "checklist",),
    "ledger:months": ("periods", "month-end", "reopen a month",),
}  # fmt: skip
