"""The incident that ships with the program, made from code: an ML serving system on 18 November 2026.

``python -m tests.incident FILE`` writes it. Nothing in it comes from a clock, the network or another system, so the
same bytes come out each time; :mod:`tests.incident.truth` says what a reader of the bundle has to find out.
"""
