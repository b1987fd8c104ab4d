"""Metrics in which a model judges: RaTEScore and GREEN."""
