"""Files that come in: syntax and claim acknowledgements, and the cases that are accepted."""
