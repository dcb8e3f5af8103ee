"""How often the cause is found, beside simple methods: ``python -m tests.rca_score``."""
