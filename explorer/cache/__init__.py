"""Opened before: what was read of a bundle and found about it, kept so that the second opening is quick."""
