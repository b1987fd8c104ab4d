"""What a repository and this machine need."""
