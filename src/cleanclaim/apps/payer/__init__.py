"""The payer side: plans, members, intake, adjudication, disbursements."""
