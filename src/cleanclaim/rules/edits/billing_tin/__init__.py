"""The billing provider has a taxpayer number."""
