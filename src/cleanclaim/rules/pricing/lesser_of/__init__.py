"""Lesser of: the lowest price among several terms."""
