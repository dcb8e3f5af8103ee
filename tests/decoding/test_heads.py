"""Loggers, threads and places in the source before a message are no part of it; the words of a message are."""

from __future__ import annotations

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
