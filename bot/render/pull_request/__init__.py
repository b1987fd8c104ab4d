"""What a pull request is told: comment, check, answers."""
