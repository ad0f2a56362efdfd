"""Who pays for a patient, in which order, under which member id."""
