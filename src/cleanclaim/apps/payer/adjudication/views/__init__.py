"""Pages of the cases: lists, one case with its traces, the pended queue and what examiners do."""
