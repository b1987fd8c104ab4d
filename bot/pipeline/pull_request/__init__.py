"""A pull request's head to findings and an answer."""
