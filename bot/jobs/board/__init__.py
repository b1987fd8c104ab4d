"""The leaderboard: read, published, scored again and looked after."""
