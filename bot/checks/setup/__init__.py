"""Whether the repository on GitHub is set up as its catalog wants."""
