"""What the leaderboard is made of: frozen values, and nothing that asks the outside world."""
