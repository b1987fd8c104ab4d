"""Commands in comments: who may give them and what they do."""
