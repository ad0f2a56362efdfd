"""Link of a corrected or void claim to its original."""
