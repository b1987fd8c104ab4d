"""What pytest leaves alone here: it needs atheris."""

collect_ignore = ["with_atheris.py"]
