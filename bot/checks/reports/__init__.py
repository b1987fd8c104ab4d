"""What the reports look like: content, marked text, overlap."""
