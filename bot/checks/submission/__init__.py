"""What a submission may hold: changed files, the manifest, predictions, names."""
