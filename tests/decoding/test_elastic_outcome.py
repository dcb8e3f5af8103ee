"""What an outcome, or the result beside it, says of a transaction of Elastic APM."""

from __future__ import annotations

import pytest

from explorer.decoding.traces.elastic import status_of
from explorer.model.schema import Status


@pytest.mark.parametrize(
    ("outcome", "result", "expected"),
    [
        ("success", "HTTP 5xx", Status.OK),
        ("failure", "HTTP 2xx", Status.ERROR),
        ("unknown", "HTTP 5xx", Status.ERROR),
        (None, "HTTP 503", Status.ERROR),
        (None, "HTTP 4xx", Status.UNSET),
        (None, None, Status.UNSET),
    ],
)
def test_the_result_counts_where_no_outcome_is_told(
    outcome: object, result: object, expected: Status
) -> None:
    assert status_of(outcome, result) == expected
