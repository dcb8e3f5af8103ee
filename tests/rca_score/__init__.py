"""How often the cause is found in labelled incidents: ``python -m tests.rca_report``."""
