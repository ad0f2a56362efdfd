"""The provider side: patients, coverage, charges, claims, remittances."""
