"""The bundles that the gallery shows: drawn, generated, or written as small files."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

import numpy as np

from explorer.analysis.causes import analyse
from explorer.gui.opening.work import Opened
from explorer.ingest import ingest
from explorer.model.store import Store
from explorer.paths import demo_bundle
from explorer.session.rules import known_rules
from tests.bench.frames import one_trace
from tests.drawn_store import store_of

FIVE = """
trace five at=10
gate: GET /pay      | server 0+300 500 request=rq-five
  pay: charge       | client 10+280 error
    bank: debit     | server 20+260 error !TimeoutError(no answer within 250 ms)
      bank: lock    | internal 30+240
  pay: audit        | internal 292+6
"""
HEALTHY = """
trace one at=10
gate: GET /pay      | server 0+80 200 request=rq-1
  pay: charge       | server 10+60
trace two at=60
gate: GET /pay      | server 0+95 200 request=rq-2
  pay: charge       | server 12+70
    bank: debit     | server 20+40
"""
SIBLINGS = """
trace list at=10
gate: GET /list     | server 0+4000 500 request=rq-list
  gate: load users  | internal 4+400
    db: SELECT user | client 8+20 x9
    db: SELECT user | client 300+90 error !Timeout(90 ms)
    db: COMMIT      | client 395+5
  gate: queue       | producer 404+2 name=sent
  gate: load again  | client 3500+480
    rank: score     | server 3505+470 error !ValueError(bad score) orphan
      - 3600 WARN the model is old
      - 3900 ERROR score is no number
trace mail at=12
mail: send          | consumer 0+40 link=sent request=rq-mail
"""
LONG = "antidisestablishmentarianism-" * 12
NAMES = f"""
trace long at=10
{"shop-" + "very-" * 24 + "long-service": <9}: GET /{"segment/" * 40} | server 0+900 500 request={"r" * 120}
  {"ledger" * 20}: {LONG} | server 20+860 error !java.lang.{"Nested" * 30}Exception({LONG}) {"key." * 30}=3
    - 40 ERROR {LONG * 3}
    cache: {"GetOrCompute" * 12} | client 30+200
"""
SCRIPTS = """
trace scripts at=10
بوابة: طلب /توصية | server 0+700 500 request=طلب-٤٢
  推荐服务: 获取特征 | server 20+640 error !ValueError(特征 user_v4 缺失：空值占 41%)
    - 30 WARN 使用默认值代替 user_v4
    מחסן: קריאה | client 40+200
    ランキング: 順位付け | server 260+300 error !RuntimeError(入力に NaN が含まれています)
    서비스: 예측 | server 580+60
"""
HOSTILE = """
trace hostile at=10
<b>gate</b><img src=x>: GET /<script>alert(1)</script> | server 0+500 500 request=<h1>rq</h1>&amp;
  pay\u202egnp.exe\u2066: charge\u200b\u0007\u001b[31mred\u001b[0m | server 15+470 error !Bad&lt;Error(<a>no</a>\u202e)
    - 20 ERROR \u001b[31mred\u001b[0m <b>bold</b> %s %n ${jndi:ldap://x} \u0000 end
    .: .. | server 30+40
"""


def answered(store: Store, seconds: float = 0.4) -> Opened:
    """A store as it comes from opening it."""
    analysis = analyse(store, known_rules()[0])
    return Opened((Path(store.name),), store, analysis, (), before=False, seconds=seconds)


@cache
def drawn(drawing: str) -> Opened:
    """A drawing, opened."""
    return answered(store_of(drawing, "drawn.jsonl"))


@cache
def demo() -> Opened:
    """The incident that ships with the program."""
    return answered(ingest([demo_bundle()]), 2.1)


@cache
def large() -> Opened:
    """One id of 100,000 spans."""
    return answered(one_trace(100_000), 9.0)


@cache
def dense() -> Opened:
    """One id of 4,000 spans in 40 services, each of which calls each."""
    return answered(one_trace(4_000), 0.4)


@cache
def services(count: int = 1000) -> Opened:
    """One id that calls a thousand services, each the next few."""
    lines = ["trace wide at=10", "svc-0: GET / | server 0+1000 500 request=rq-wide"]
    made = random.Random(7)
    for number in range(1, count):
        depth = 1 + min(number % 7, 5)
        failed = " error !IOError(disk full)" if number % 97 == 6 else ""
        begin = number * 0.9
        lines.append(
            f"{'  ' * depth}svc-{number}: op{number} | server {begin:.1f}+{made.uniform(1, 60):.1f}{failed}"
        )
    return answered(store_of("\n".join(lines), "wide.jsonl"), 1.2)


def read(folder: Path, files: dict[str, bytes]) -> Opened:
    """Files of a folder, opened."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return answered(ingest([folder]))


def only_logs() -> dict[str, bytes]:
    """A log of a service, with ids of requests and no spans."""
    lines = [
        f"2026-11-18T14:07:{second:02d}.204Z {level} pay [request_id=rq-{second // 4:04d}] {text}"
        for second in range(60)
        for level, text in (
            ("INFO", "charging card"),
            *((("ERROR", "pool is empty"),) if second % 4 == 3 else ()),
        )
    ]
    return {"pay.log": "\n".join(lines).encode() + b"\n"}


def only_metrics() -> dict[str, bytes]:
    """Series in the text format of Prometheus, with times."""
    made = np.random.default_rng(7)
    lines = ["# TYPE queue_depth gauge", "# TYPE feature_null_ratio gauge"]
    for step in range(60):
        at = 1_790_000_000_000 + step * 10_000
        lines.append(f'queue_depth{{service="rank"}} {10 + made.normal():.3f} {at}')
        lines.append(f'feature_null_ratio{{service="feature"}} {0.02 if step < 40 else 0.41} {at}')
    return {"metrics.prom": "\n".join(lines).encode() + b"\n"}


def broken() -> dict[str, bytes]:
    """Half a document, bytes of no format, an archive that ends early, and one good line."""
    good = (
        b'{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"pay"}}]},'
        b'"scopeSpans":[{"spans":[{"traceId":"4bf92f3577b34da6a3ce929d0e0e4736","spanId":"00f067aa0ba902b7",'
        b'"name":"charge","kind":2,"startTimeUnixNano":"1790000000000000000",'
        b'"endTimeUnixNano":"1790000000200000000","status":{"code":2,"message":"disk full"}}]}]}]}\n'
    )
    return {
        "spans.jsonl": good + good[:200] + b"\n" + b'{"resourceSpans": 7}\n',
        "noise.bin": bytes(range(1, 256)) * 40,
        "cut.zip": b"PK\x03\x04" + bytes(40),
        "empty.json": b"",
    }
