"""Sentry's events, transactions, spans and logs as plain values, for the readers of its envelopes and its API."""
