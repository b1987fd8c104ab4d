"""Metrics that compare graphs of entities and relations: RadGraph F1."""
