"""Pure checks: a value in, findings out, nothing raised."""
