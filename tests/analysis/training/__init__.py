"""Causes in training jobs."""
