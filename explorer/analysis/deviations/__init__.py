"""What changed within a bundle without any span saying so: slower work, wider gaps, more calls, other log lines."""
