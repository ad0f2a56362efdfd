"""Percent of Medicare: a share of Medicare's fee for the place of service."""
