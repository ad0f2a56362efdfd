"""Coordination of benefits: what earlier payers did, line by line."""

from cleanclaim.rules.cob.prior import PriorShare, has_prior_payment, prior_shares

__all__ = ["PriorShare", "has_prior_payment", "prior_shares"]
