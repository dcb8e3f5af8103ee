"""Answers as rectangles, rows and words, ready to paint; knows no Qt."""
