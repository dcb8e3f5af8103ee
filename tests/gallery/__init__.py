"""Pictures of the real window in every state, to be looked at: ``python -m tests.gallery OUT``."""
