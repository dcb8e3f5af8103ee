"""Evidence and what was ruled out, with their figures and places."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from explorer.analysis.causes import analyse
from explorer.analysis.results import Analysis, Cause
from explorer.analysis.weighing.shifts import shift_near
from explorer.ingest import ingest
from explorer.model.store import Store
from tests.analysis.acceptance.answers import HEALTHY_SERVING
from tests.analysis.rules import RULES
from tests.drawn import draw, repeated
from tests.drawn_store import store_of

S = 10**9
FAILING = """
trace bad at=300
api: POST /predict | server 0+300 500 error
  api: features | client 10+50 200 peer=features
    features: get | server 12+45 200 null_ratio=0.41 version=4.12.0
      features: fill | 20+20
        - 30 WARN no default for income: 212 of 512 keys missing, returning NaN
      features: HMGET | client 15+4 peer=redis
  api: infer | client 70+100 200 peer=model
    model: infer | server 72+95 200 version=37
      - 150 WARN 1 output tensor contains NaN (scores[0:64])
  api: decode | client 180+50 500 error peer=post
    post: decode | server 182+45 500 error !ValueError(Input contains NaN.)
      - 220 ERROR ValueError: Input contains NaN. at calibrate.py:88
"""
AROUND = """
mark deploy features at=290 features 4.11.3 -> 4.12.0
mark deploy auth at=295 auth 1.0 -> 1.1
metric feature_null_ratio service=features every=10: {null}
metric cpu service=features every=10: {flat}
metric feature_null_ratio service=other every=10: {null}
finding fail evidently service=features at=330 user_v4: share of missing values 2% -> 41%
finding pass evidently service=features at=330 item_v1: fine
log gate WARN at=310 noise
"""


@cache
def _incident() -> tuple[Store, Analysis]:
    null = " ".join(["0.02", "0.021"] * 15 + ["0.41", "0.42"] * 15)
    flat = " ".join(["0.5", "0.52"] * 30)
    healthy = draw(HEALTHY_SERVING.replace("model: infer |", "model: infer | version=37").replace(
        "null_ratio=0.01", "null_ratio=0.01 version=4.11.3"))  # fmt: skip
    drawing = repeated(draw(FAILING), 24, 10) + repeated(healthy, 30, 10, "fine")
    store = store_of(drawing + draw(AROUND.format(null=null, flat=flat)))
    return store, analyse(store, RULES)


def _cause() -> Cause:
    (cause,) = _incident()[1].causes
    return cause


def test_the_cause_is_named_in_one_sentence() -> None:
    cause = _cause()
    assert cause.title == "features returned no value for 41% of keys"
    assert (cause.category, cause.subcategory, cause.confidence) == ("data", "missing-values", "high")
    assert (cause.service, cause.operation, cause.hypothesis) == ("features", "get", "bad-data-carried")
    assert len(cause.ids) == 24


def test_each_kind_of_evidence_points_to_where_it_stands() -> None:
    store, _ = _incident()
    found = {one.kind: one for one in reversed(_cause().evidence)}
    assert store.operation(found["span"].span) == "get"
    assert found["span"].file == "drawn.jsonl"
    assert "212 of 512 keys missing" in found["log"].text
    assert "in 24 failing ids, 0 healthy" in found["log"].text
    assert store.services[store.logs.service[found["log"].log]] == "features"
    assert found["log"].offset >= 0
    assert found["metric"].text.startswith("feature_null_ratio 0.0205 → 0.415")
    assert store.series[found["metric"].series].service == "features"
    assert store.marks[found["change"].mark].text == "features 4.11.3 -> 4.12.0"
    assert store.findings[found["drift"].finding].status == "fail"
    assert "features get handed on bad data first on every one of 24 failing paths" in found["spread"].text


def test_metrics_and_changes_of_other_services_are_no_evidence() -> None:
    texts = [one.text for one in _cause().evidence]
    assert not any("cpu" in text or "auth" in text or "item_v1" in text for text in texts)
    assert sum(one.kind == "metric" for one in _cause().evidence) == 1


def test_what_was_ruled_out_is_said_with_figures() -> None:
    said = _cause().ruled_out
    assert "Network: none of 96 calls was refused, reset or timed out" in said
    assert any(text.startswith("redis answered 24 of 24 calls") for text in said)
    assert any(text.startswith("Load: requests came at 0.103 per second before") for text in said), said
    assert any(text.startswith("Version: unchanged in model 37") for text in said)


def test_a_line_that_healthy_ids_have_too_is_no_evidence() -> None:
    failing = """
trace bad
gate: GET | server 0+50 500 error
  pay: charge | server 5+40 500 error !KeyError('card')
    - 10 ERROR deprecated option used
    - 30 ERROR KeyError: 'card'
"""
    healthy = """
trace ok
gate: GET | server 0+50 200
  pay: charge | server 5+40 200
    - 10 WARN deprecated option used
"""
    store = store_of(repeated(draw(failing), 5) + repeated(draw(healthy), 20, 1.0, "fine"))
    (cause,) = analyse(store, RULES).causes
    texts = [one.text for one in cause.evidence if one.kind == "log"]
    assert len(texts) == 1
    assert "KeyError" in texts[0]


def test_one_pod_of_many_is_the_entity() -> None:
    bad = "trace bad\ngate: GET | server 0+50 500 error\n  m: infer | server 5+40 500 error pod=m-2 !MemoryError(no)"
    ok = "trace ok\ngate: GET | server 0+50 200\n  m: infer | server 5+40 200 pod=m-1"
    store = store_of(repeated(draw(bad), 4) + repeated(draw(ok), 8, 1.0, "fine"))
    (cause,) = analyse(store, RULES).causes
    assert (cause.entity.kind, cause.entity.name, cause.service) == ("pod", "m-2", "m")


def test_a_service_that_fell_silent_is_told_by_its_absence() -> None:
    ok = """
trace ok
gate: GET | server 0+50 200
  gate: call | client 1+40 200 peer=pay
    pay: charge | server 5+30 200
"""
    bad = """
trace bad at=60
gate: GET | server 0+50 500
  gate: call | client 1+4 error peer=pay !ConnectError(connection refused)
"""
    store = store_of(repeated(draw(bad), 4) + repeated(draw(ok), 8, 1.0, "fine"))
    (cause,) = analyse(store, RULES).causes
    absence = [one.text for one in cause.evidence if one.kind == "absence"]
    assert absence == ["pay was called 4 times more after its last span and left none"]


@pytest.mark.parametrize(
    ("values", "shifted"),
    [
        ([1.0, 1.1] * 10 + [5.0, 5.1] * 10, True),
        ([1.0, 1.1] * 20, False),
        ([1.0, 9.0] * 20, False),
        ([100.0, 101.0] * 10 + [104.0, 105.0] * 10, False),
        ([0.0] * 20 + [3.0] * 20, True),
        ([1.0, 1.0], False),
    ],
)
def test_shift_of_level(values: list[float], shifted: bool) -> None:
    times = np.arange(len(values), dtype=np.int64) * 15 * S
    shift = shift_near(times, np.array(values), 20 * 15 * S)
    assert (shift is not None) == shifted
    if shift is not None:
        assert shift.time_ns == 20 * 15 * S


def test_who_failed_first_is_said_where_its_name_is_unknown(tmp_path: Path) -> None:
    lines = [
        f"2026-11-18T14:07:{second:02d}.204Z {level} [request_id=rq-{second:04d}] {text}"
        for second in range(9)
        for level, text in (("INFO", "charging card"), ("ERROR", "pool is empty"))
    ]
    (tmp_path / "some.log").write_text("\n".join(lines))
    (cause,) = analyse(ingest([tmp_path]), RULES).causes
    spread = [one.text for one in cause.evidence if "first to fail" in one.text]
    assert spread == ["an unknown service is the first to fail on every one of 9 failing paths"]
