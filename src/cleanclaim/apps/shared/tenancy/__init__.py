"""Organizations as tenants: row-level security, database rights, bulk writes."""
