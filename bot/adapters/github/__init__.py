"""GitHub: the API, its settings, and what a workflow run says about itself."""
