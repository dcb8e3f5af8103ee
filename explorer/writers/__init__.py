"""Whole bundles, or slices of them, written in formats that other programs read."""
