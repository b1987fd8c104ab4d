"""The verbs of the road: validate, inspect, score, report, publish."""
