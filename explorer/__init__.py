"""Trace Explorer: opens exported traces, logs and metrics offline and names the root cause."""

__version__ = "0.1.0"
