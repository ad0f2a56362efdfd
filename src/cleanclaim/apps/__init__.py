"""Django apps: rows, services and pages. `reports` over `billing`, `pharmacy`, `payer` over `shared`."""
