"""All situations of one kind of request."""

from __future__ import annotations

from tests.analysis.acceptance import answers, calls, waiting

CASES = (*calls.CASES, *waiting.CASES, *answers.CASES)
