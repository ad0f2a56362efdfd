"""Reports: questions over all sides of one organization, one folder each; they keep no rows."""
