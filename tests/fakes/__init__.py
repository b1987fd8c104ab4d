"""Hand-written stand-ins for the outside world."""
