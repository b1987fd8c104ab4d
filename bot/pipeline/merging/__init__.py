"""Whether a pull request may be merged, and by whom its entry is owned."""
