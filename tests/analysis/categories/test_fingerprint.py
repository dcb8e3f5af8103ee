"""Fingerprints: equal for errors that differ in their parameters only."""

from __future__ import annotations

import pytest

from explorer.analysis.categories.fingerprint import fingerprint, template
from explorer.analysis.categories.stacktrace import parse_stack
from tests.analysis.categories import traces


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        ("user 4711 not found", "user <*> not found"),
        ("lost order 9f86d081-1234-4abc-8def-0123456789ab", "lost order <*>"),
        ("dial tcp 10.0.0.4:5432: connection refused", "dial tcp <*>: connection refused"),
        ("no key 'income' in row", "no key <*> in row"),
        ("GET https://shop.example/v1/42?x=1 failed", "GET <*> failed"),
        ("at 2026-11-22T09:14:43.301Z it broke", "at <*> it broke"),
        ("mail to jane@example.org failed", "mail to <*> failed"),
        ("[Errno 111] Connection refused", "[Errno 111] Connection refused"),
        ("HTTP 503 from stock", "HTTP 503 from stock"),
        ("segment 0x7f3a lost", "segment <*> lost"),
        ("too   many\n blanks", "too many blanks"),
    ],
)
def test_parameters_become_gaps(message: str, wanted: str) -> None:
    assert template(message) == wanted


def test_a_template_is_its_own_template() -> None:
    once = template("shard 3 of 12 at 10.0.0.1:9000 lost 'x' after 3.5s")
    assert template(once) == once


def test_parameters_do_not_change_a_fingerprint() -> None:
    first = fingerprint("data", "rank", "KeyError", None, "no key 'a' in row 3")
    assert fingerprint("data", "rank", "KeyError", None, "no key 'b' in row 78") == first
    assert fingerprint("data", "rank", "ValueError", None, "no key 'a' in row 3") != first
    assert fingerprint("data", "stock", "KeyError", None, "no key 'a' in row 3") != first
    assert len(first) == 16


def test_a_stack_outweighs_the_message_and_its_line_numbers() -> None:
    one, other = parse_stack(traces.JAVA), parse_stack(traces.JAVA.replace(":88)", ":97)"))
    first = fingerprint("infrastructure", "rank", "X", one, "attempt 3 of 5")
    assert fingerprint("infrastructure", "rank", "X", other, "quite another text") == first
    moved = parse_stack(traces.JAVA.replace("Registry.fetch(Registry.kt", "Catalog.fetch(Catalog.kt"))
    assert fingerprint("infrastructure", "rank", "X", moved, "attempt 3 of 5") != first


def test_how_deep_a_recursion_went_does_not_matter() -> None:
    frame = '  File "/app/a.py", line 1, in walk\n    walk(child)\n'
    deep, deeper = (
        parse_stack("Traceback (most recent call last):\n" + frame * times + "RecursionError: too deep\n")
        for times in (9, 90)
    )
    assert fingerprint("application", "rank", "", deep, "") == fingerprint(
        "application", "rank", "", deeper, ""
    )


def test_odd_texts_do_no_harm() -> None:
    assert template("\ud800 " + "9" * 100_000)
    assert fingerprint("", "", "", None, "\ud800")
