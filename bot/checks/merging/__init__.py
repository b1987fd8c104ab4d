"""Whether a merge stays within its entry, and whether the right people approve."""
