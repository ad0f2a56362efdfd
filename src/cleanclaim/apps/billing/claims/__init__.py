"""Claims with their versions, findings, submissions and answers: one timeline each."""
