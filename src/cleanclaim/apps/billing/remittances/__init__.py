"""What payers say they paid: received, matched, posted, reversed."""
