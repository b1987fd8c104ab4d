"""Fuzzing: every reader of somebody else's bytes, and the renderer of the comment."""
