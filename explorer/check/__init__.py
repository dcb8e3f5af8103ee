"""Expectations of a bundle, stated in TOML, held against its answers: for tests that run without a person."""
