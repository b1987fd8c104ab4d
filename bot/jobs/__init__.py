"""One module for each job of a workflow: joins adapters, pipeline and render."""
