"""Reference texts, public and private, and the keys that open sealed predictions."""
