"""What each command does, and the palette that finds it."""
