"""The world in which the whole road of a pull request is driven."""
