"""Money that patients hand over: at the front desk, by mail, by card; applied, returned, voided."""
