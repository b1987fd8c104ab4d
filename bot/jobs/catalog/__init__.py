"""What this machine is given: test sets, published tables and model weights."""
