"""Pure decisions: edits, prices, benefits, adjudication, posting, proof. No storage, no clock."""
