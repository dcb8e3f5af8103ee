"""What is around the views: bar, panels, status line, what is shown while nothing is open."""
