"""Messages that wait, messages that nobody takes, and requests that are refused for what they ask."""

from __future__ import annotations

from explorer.analysis.causes import analyse
from explorer.analysis.results import Analysis
from tests.analysis.rules import RULES
from tests.drawn import Drawing, draw, repeated
from tests.drawn_store import store_of

SENT = """
trace a at={at}
web: POST /orders | server 0+40 200
  web: orders publish | producer 10+5 name=pub
{taken}
"""
TAKEN = """
trace b at={at}
mailer: orders process | consumer {wait}+30 link=pub
"""


def _messages(at_s: int, times: int, wait_ms: int | None) -> Drawing:
    taken = "" if wait_ms is None else TAKEN.format(at=at_s, wait=wait_ms)
    return repeated(draw(SENT.format(at=at_s, taken=taken)), times, 1.0, f"m{at_s}")


def _analysed(*parts: Drawing) -> Analysis:
    drawing = parts[0]
    for part in parts[1:]:
        drawing += part
    return analyse(store_of(drawing), RULES)


def test_messages_that_wait_are_an_overloaded_consumer() -> None:
    (cause,) = _analysed(_messages(0, 30, 20), _messages(40, 30, 9000)).causes
    assert (cause.service, cause.hypothesis, cause.category) == ("mailer", "overload", "capacity")
    assert cause.title == "Messages wait 8.98 s until mailer takes them, 5 ms before"


def test_messages_that_nobody_takes_any_more_name_who_took_them() -> None:
    analysis = _analysed(_messages(0, 30, 20), _messages(40, 30, None))
    (cause,) = analysis.causes
    assert (cause.service, cause.hypothesis, cause.category) == ("mailer", "silent-service", "unknown")
    assert cause.title == "mailer took none of 28 messages that web sent (orders publish)"
    verdict = analysis.verdicts[max(analysis.verdicts)]
    assert [(step.service, step.relation) for step in verdict.path] == [("mailer", None), ("web", "link")]


def test_what_was_sent_last_may_still_be_taken() -> None:
    assert not _analysed(_messages(0, 60, 20), _messages(60, 1, None)).causes


def test_many_bad_requests_are_the_clients() -> None:
    fine = repeated(draw("trace a\nweb: POST /orders | server 0+40 200\n"), 30, 1.0, "fine")
    bad = repeated(draw("trace a at=30\nweb: POST /orders | server 0+3 400\n"), 30, 1.0, "bad")
    (cause,) = _analysed(fine, bad).causes
    assert (cause.service, cause.entity.kind, cause.category) == (None, "client", "client")
    assert cause.title == "web POST /orders refused 97% of requests (400), 0% before"
    assert cause.confidence == "medium"
