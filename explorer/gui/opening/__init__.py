"""Opening a bundle: chosen, found or read by a process of its own, followed, and handed to the window."""
