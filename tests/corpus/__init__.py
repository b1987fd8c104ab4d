"""Hostile inputs as named recipes, and the run of each through the program's real entry points."""
