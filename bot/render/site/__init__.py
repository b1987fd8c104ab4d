"""The leaderboard as a web site: plain HTML, one style sheet, one small script, no other host."""
