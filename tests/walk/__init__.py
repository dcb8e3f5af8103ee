"""A walk through the demo incident as a new user would do it: a test, and the pictures of the README."""
