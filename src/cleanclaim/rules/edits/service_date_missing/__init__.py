"""Each line says on which day the service was given."""
