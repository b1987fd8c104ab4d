"""Tests against real peers: the container engine, the workflow runner, git, a browser."""
