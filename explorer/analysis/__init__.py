"""Answers out of columns, by pure functions: what happened, how it ended, and why."""
