"""The outside world behind the ports: git, the code host, containers, stores."""
