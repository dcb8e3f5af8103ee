"""Why one id failed: its failed spans, the walk down to the deepest that explains them, and what is told of it."""
