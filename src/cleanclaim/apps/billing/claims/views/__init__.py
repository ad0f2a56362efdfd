"""The pages of billing: patients, claims, charge entry, batches."""
