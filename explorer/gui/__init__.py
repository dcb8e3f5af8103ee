"""Everything that knows Qt. Views know the state and pure functions, never one another."""
