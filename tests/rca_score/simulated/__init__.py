"""Incidents of made-up systems of many shapes: what the root cause engine says of cases it was not made with."""
