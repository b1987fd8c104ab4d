"""Metrics that count words: BLEU, ROUGE, CIDEr, METEOR."""
