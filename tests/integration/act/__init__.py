"""Run the project's workflows for real, offline, against the loopback GitHub."""

from .runner import ActRun, run_workflow

__all__ = ["ActRun", "run_workflow"]
