"""Commands for those who submit."""
