"""`python -m bot`: the same command as `rexrank`."""

from bot.cli import main

if __name__ == "__main__":
    main()
