"""Checkpoints of the published architectures with a few thousand random parameters."""
