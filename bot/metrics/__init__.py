"""Report metrics: texts in, scores out. A metric never learns whose texts it scores."""
