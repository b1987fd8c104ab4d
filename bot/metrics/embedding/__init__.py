"""Metrics that compare embeddings: BERTScore, SembScore and CheXbert F1."""
