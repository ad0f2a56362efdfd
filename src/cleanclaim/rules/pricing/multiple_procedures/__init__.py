"""Multiple procedures: less for the second and each further one of a day."""
