"""What the three 837s (professional, institutional, dental) have in common: levels, parties, coverages, guide parts."""
