"""Reference pages that are generated from the program."""
