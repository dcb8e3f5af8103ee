"""The one sentence of a cause: the error's own words, the innermost of them, and no mere class name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from explorer.analysis.causes import analyse
from explorer.analysis.weighing.titles import clause
from explorer.cli.main import main
from tests.analysis.rules import RULES
from tests.drawn import draw
from tests.drawn_store import store_of


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("Error: Tool list_orders is already registered", "Error: Tool list_orders is already registered"),
        ("SyntaxError: Unexpected end of input", "SyntaxError: Unexpected end of input"),
        ("could not save: No space left", "could not save: No space left"),
        ("IOError: could not save. Try again later.", "IOError: could not save"),
        ("request_id=4bf92f3577b34da6 pool is empty", "pool is empty"),
        ("request_id=rq-17 pool is empty", "pool is empty"),
        ("request id missing in header", "request id missing in header"),
        ("TraceID: dc7db5cbec8d511cb7e08fd7c7b47c00 SpanID: b6ce9b3cd8b064a8 [find] none", "[find] none"),
        ("", ""),
    ],
)
def test_the_first_clause_is_more_than_a_class(message: str, said: str) -> None:
    assert clause(message) == said


Title = Callable[..., str]


@pytest.fixture
def title(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Title:
    """The title of the first cause of some JSON log records."""

    def of(*records: dict[str, object]) -> str:
        file = tmp_path / "app.jsonl"
        file.write_bytes(b"\n".join(map(orjson.dumps, records)))
        assert main(["rca", str(file), "--json"]) == 0
        return str(orjson.loads(capsys.readouterr().out)["causes"][0]["title"])

    return of


def record(message: str, **more: object) -> dict[str, object]:
    return {"timestamp": "2026-05-04T10:00:00Z", "level": "ERROR", "service": "scorer", "request_id": "rq-1",
            "message": message, **more}  # fmt: skip


STACK = """Traceback (most recent call last):
  File "/srv/scorer/app.py", line 12, in predict
    model.predict(rows)
ValueError: Input contains NaN."""


def test_the_exception_of_a_log_record_says_more_than_its_message(title: Title) -> None:
    said = title(record("prediction failed", exc_info=STACK))
    assert said.endswith("Input contains NaN")
    assert "prediction failed" not in said


def test_the_record_that_decided_is_told(title: Title) -> None:
    lines = [
        record("oh no, here is what happened:"),
        record("Database connection pool exhausted", level="FATAL"),
    ]
    assert "pool exhausted" in title(*lines)


def test_the_line_that_decided_is_the_first_evidence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "app.jsonl"
    lines = [record("oh no:"), record("payment not processed"), record("Database connection pool exhausted")]
    file.write_bytes(b"\n".join(map(orjson.dumps, lines)))
    assert main(["rca", str(file), "--json"]) == 0
    (cause,) = orjson.loads(capsys.readouterr().out)["causes"]
    assert "pool exhausted" in next(one["text"] for one in cause["evidence"] if one["kind"] == "log")


@pytest.mark.parametrize(
    ("span", "said"),
    [
        ("job: step | internal 0+10 error says='failed with exit code 1'", "job failed with exit code 1"),
        ("job: GET /x | server 0+10 error 500", "job answered 500 and does not say why"),
        ("job: step | internal 0+10 error", "job failed and does not say why"),
    ],
)
def test_what_says_little_is_told_as_it_is(span: str, said: str) -> None:
    (cause,) = analyse(store_of(draw(f"trace t\n{span}")), RULES).causes
    assert cause.title == said


def test_a_log_line_that_decided_is_told_before_what_the_span_says_of_itself() -> None:
    drawn = """
trace t
mailer: send | server 0+10 500 error says='KeyError'
  - 5 ERROR could not begin
  - 6 ERROR Required environment variable SMTP_RELAY_HOST is not set
"""
    (cause,) = analyse(store_of(draw(drawn)), RULES).causes
    assert cause.category == "configuration"
    assert cause.title.endswith("Required environment variable SMTP_RELAY_HOST is not set")


def test_words_that_are_cut_off_are_led_by_what_the_rule_says() -> None:
    said = "Error code: 429 - {`error`: {`message`: `Rate limit reached for model-x in organization org-0123456789"
    (cause,) = analyse(store_of(draw(f"trace t\nchat: ask | client 0+10 error says='{said}'")), RULES).causes
    assert cause.title.startswith("Rate limit reached in chat: Error code: 429")


def test_what_a_status_alone_means_is_told_by_the_work_that_got_it() -> None:
    drawn = """
trace t
serving: POST /invocations | server 0+10 500 error says='RESOURCE_DOES_NOT_EXIST: Model Version churn 15 not found'
  serving: GET | client 2+4 404 error says='Request failed with status code 404'
"""
    (cause,) = analyse(store_of(draw(drawn)), RULES).causes
    assert cause.category == "model"
    assert "Model Version churn 15 not found" in cause.title


def test_a_bracket_in_the_midst_of_a_sentence_does_not_end_the_title() -> None:
    assert clause(
        "Failed: (code=1100, message=the dim (1024) of the vector is not that of the index)"
    ).startswith("the dim (1024) of the vector")
