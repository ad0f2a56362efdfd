"""The payers and practitioners that an organization deals with."""
