"""Training jobs of several processes: which rank is missing, failed first, is slow, or diverged."""
