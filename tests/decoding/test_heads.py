"""Loggers, threads and places in the source before a message are no part of it; the words of a message are."""

from __future__ import annotations

import time

import pytest

from explorer.decoding.logs.detail import record_detail

TIME = "2026-11-22 09:14:43,322"


@pytest.mark.parametrize(
    ("line", "said", "told"),
    [
        ("ERROR [main] a.b.Cart: no stock", "no stock", {"thread": "main", "logger": "a.b.Cart"}),
        ("[4711] [http-nio-8080-exec-1] ERROR a.b.Cart: no stock", "no stock",
         {"pid": "4711", "thread": "http-nio-8080-exec-1", "logger": "a.b.Cart"}),
        ("a.cart       ERROR    no stock", "no stock", {"logger": "a.cart", "level": "ERROR"}),
        ("[PID 7] [Main] [a.b] [ERROR] no stock", "no stock", {"pid": "7", "thread": "Main", "logger": "a.b"}),
        ("- shop - 7 - Main - ERROR - no stock", "no stock", {"thread": "shop", "pid": "7"}),
        ("ERROR [app.py:12] - no stock", "no stock", {"source": "app.py:12"}),
        ("ERROR    MainThread:17 [setup.py:_flush():81] no stock", "no stock",
         {"logger": "MainThread", "source": "setup.py:_flush():81"}),
        ("[Rank 3] ERROR no stock", "no stock", {"rank": "3"}),
        ("ERROR [shop,4bf92f3577b34da6a3ce929d0e0e4736,00f067aa0ba902b7] no stock", "no stock",
         {"context": "shop,4bf92f3577b34da6a3ce929d0e0e4736,00f067aa0ba902b7"}),
        ("ERROR db.host refused it", "db.host refused it", {}),
        ("ERROR [GET] /cart", "[GET] /cart", {}),
        ("ERROR [1/3] retrying", "[1/3] retrying", {}),
        ("ERROR Connection to db: closed", "Connection to db: closed", {}),
        ("we met an ERROR here", "we met an ERROR here", {}),
        ("ERROR [main]", "[main]", {}),
    ],
)  # fmt: skip
def test_a_head_is_taken_off(line: str, said: str, told: dict[str, str]) -> None:
    detail = record_detail(f"{TIME} {line}".encode())
    assert detail.message == said
    assert dict(detail.attributes).items() >= told.items()
    assert detail.raw == f"{TIME} {line}"


@pytest.mark.parametrize(
    "line",
    [
        f"{TIME} ERROR word{{tabs}}",
        f"{TIME}Z [error    ] {{letters}}",
        f'time="{TIME}" level=error msg=no{{blanks}}x',
        "[11/22/26 09:14:43] ERROR    no{blanks}stock",
    ],
)
def test_a_long_line_is_taken_apart_in_one_go(line: str) -> None:
    """Patterns that look at each byte from all others before it take half a minute for these."""
    raw = line.format(tabs="\t" * 50_000, blanks=" " * 50_000, letters="a" * 50_000).encode()
    begun = time.process_time()
    assert record_detail(raw).raw == raw.decode()
    assert time.process_time() - begun < 3


def test_a_message_without_quotes_goes_on_to_the_next_name() -> None:
    detail = record_detail(f"time={TIME[:10]}T09:14:43Z level=error msg=no such  user a/b=3 c=4".encode())
    assert detail.message == "no such  user"
    assert dict(detail.attributes).items() >= {"a/b": "3", "c": "4"}.items()
