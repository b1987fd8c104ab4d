"""The common spelling of numbers, Markdown, logs and the terminal."""
