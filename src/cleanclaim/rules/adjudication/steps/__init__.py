"""The steps of the pipeline, one folder each, in the order of reference payer.md, section 3."""
