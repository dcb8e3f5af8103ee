"""What the user made: settings, notes; saved atomically."""
