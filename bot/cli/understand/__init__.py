"""Commands for those who read results."""
