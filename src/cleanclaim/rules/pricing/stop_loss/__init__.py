"""Stop loss: a percent of the charges of a claim that is dear beyond a threshold."""
