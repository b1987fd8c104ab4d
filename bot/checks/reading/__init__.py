"""Strangers' bytes to values: strict JSON, strict YAML, packed files."""
