"""The regions of the window. Each takes the state and listens to it; none knows another."""
