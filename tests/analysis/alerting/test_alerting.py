"""Alert rules on the bundle's own series, beside what Prometheus documents and its tests expect."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from explorer.analysis.alerting.evaluate import Bundle, series_by_name, value_of
from explorer.analysis.alerting.expression import length_ns, parse
from explorer.analysis.alerting.firing import fired_alerts
from explorer.analysis.alerting.pairing import EvaluationError
from explorer.analysis.alerting.rulefile import AlertRules, bundled_alerts, read_alerts
from explorer.analysis.alerting.tree import ExpressionError
from explorer.analysis.alerting.vectors import Vector
from explorer.ingest import ingest
from explorer.model.issue import Issues
from explorer.model.store import Store
from tests.drawn import BASE_NS

EVERY = 15
UP = [1] * 10 + [0] * 20 + [1] * 10
SERIES: list[tuple[dict[str, str], list[int]]] = [
    ({"__name__": "up", "service": "store", "instance": "a"}, UP),
    ({"__name__": "up", "service": "store", "instance": "b"}, [1] * 40),
    ({"__name__": "asked_total", "service": "gate", "code": "200"}, [10 * i for i in range(40)]),
    ({"__name__": "asked_total", "service": "gate", "code": "500"}, [0] * 20 + [30 * i for i in range(20)]),
    ({"__name__": "fresh_total", "service": "gate"}, [10 * i % 200 for i in range(40)]),
    ({"__name__": "took_bucket", "service": "gate", "le": "0.1"}, [50] * 40),
    ({"__name__": "took_bucket", "service": "gate", "le": "0.5"}, [90] * 40),
    ({"__name__": "took_bucket", "service": "gate", "le": "+Inf"}, [100] * 40),
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    file = tmp_path_factory.mktemp("bundle") / "metrics.json"
    file.write_text(exported())
    return ingest([file])


def exported() -> str:
    """The series as Prometheus' API tells them."""
    result = [
        {"metric": labels, "values": [[BASE_NS // 10**9 + EVERY * i, str(x)] for i, x in enumerate(values)]}
        for labels, values in SERIES
    ]
    return json.dumps({"status": "success", "data": {"resultType": "matrix", "result": result}})


def at(store: Store, expression: str, second: float) -> dict[str, float]:
    """Values at a moment by what labels are left."""
    moments = np.array([BASE_NS + int(second * 1e9)])
    value = value_of(parse(expression), Bundle(store, moments, series_by_name(store)))
    if not isinstance(value, Vector):
        return {"": float(np.ravel(value)[0])}
    return {
        " ".join(text for _, text in labels): float(value.values[row, 0])
        for row, labels in enumerate(value.labels)
        if value.there[row, 0]
    }


@pytest.mark.parametrize(
    ("expression", "second", "expected"),
    [
        ("up", 200, {"a store": 0, "b store": 1}),
        ("up == 0", 200, {"a store": 0}),
        ('up{instance=~"b|c"}', 200, {"b store": 1}),
        ('up{instance!="a", pod=""}', 200, {"b store": 1}),
        ("sum(up)", 200, {"": 1}),
        ("avg by (service) (up)", 200, {"store": 0.5}),
        ("min without (instance) (up) < 1", 200, {"store": 0}),
        ("count(up == 0) / count(up)", 200, {"": 0.5}),
        ("up offset 3m", 200, {"a store": 1, "b store": 1}),
        ("absent(up)", 200, {}),
        ('absent(up{job="x"})', 200, {"x": 1}),
        ("up", 40 * 15 + 290, {}),
        ("up", 39 * 15 + 290, {"a store": 1, "b store": 1}),
        ('rate(asked_total{code="200"}[1m])', 300, {"200 gate": 10 / 15}),
        ('increase(asked_total{code="200"}[1m])', 300, {"200 gate": 40}),
        ('irate(asked_total{code="200"}[5m])', 300, {"200 gate": 10 / 15}),
        ("increase(fresh_total[2m])", 330, {"gate": 60 * 120 / 105}),
        ("resets(fresh_total[5m])", 330, {"gate": 1}),
        ("changes(up[10m])", 590, {"a store": 2, "b store": 0}),
        ("avg_over_time(up[5m])", 299, {"a store": 0.5, "b store": 1}),
        ("min_over_time(up[10m])", 590, {"a store": 0, "b store": 1}),
        ("max_over_time(up[1m])", 299, {"a store": 0, "b store": 1}),
        ("sum_over_time(up[1m])", 299, {"a store": 0, "b store": 4}),
        ("count_over_time(up[1m])", 299, {"a store": 4, "b store": 4}),
        ("stddev_over_time(up[5m])", 299, {"a store": 0.5, "b store": 0}),
        ('deriv(asked_total{code="200"}[2m])', 300, {"200 gate": 10 / 15}),
        ('predict_linear(asked_total{code="200"}[2m], 15 * 60)', 307.5, {"200 gate": 205 + 600}),
        ("histogram_quantile(0.9, took_bucket)", 100, {"gate": 0.5}),
        ("histogram_quantile(0.5, sum by (le) (took_bucket))", 100, {"": 0.1}),
        ("histogram_quantile(0.7, took_bucket)", 100, {"gate": 0.3}),
        ("histogram_quantile(0.95, took_bucket)", 100, {"gate": 0.5}),
        ("up == 0 or up == 1", 200, {"a store": 0, "b store": 1}),
        ("up unless up == 0", 200, {"b store": 1}),
        ('up and on(service) up{instance="b"}', 200, {"a store": 0, "b store": 1}),
        ('up{instance="a"} + on(service) up{instance="b"}', 200, {"store": 1}),
        ('up{instance="a"} < ignoring(instance) up{instance="b"}', 200, {"store": 0}),
        ("up > bool 0", 200, {"a store": 0, "b store": 1}),
        ("2 * 3 ^ 2 - 1", 0, {"": 17}),
        ("-up + 1", 200, {"a store": 1, "b store": 0}),
        ("1 - up", 200, {"a store": 1, "b store": 0}),
        ("up / 0 > 1", 200, {"b store": float("inf")}),
        ("clamp_max(up * 5, 2)", 200, {"a store": 0, "b store": 2}),
        ("time() - 1790000000", 200, {"": 200}),
        ("up * 0 + time() - 1790000000", 200, {"a store": 200, "b store": 200}),
        ("vector(3) > 2", 0, {"": 3}),
        ("scalar(sum(up)) * 2", 200, {"": 2}),
        ("hour(vector(0)) + minute(vector(3660))", 0, {"": 1}),
        ("day_of_week(vector(0)) * 100 + day_of_month(vector(0)) * 10 + month(vector(0))", 0, {"": 411}),
        ("year()", 0, {"": 2026}),
        ("round(up * 2.6) + round(up * 0.26, 0.1)", 20, {"a store": 3.3, "b store": 3.3}),
        ("clamp(up * 9, 1, 4)", 200, {"a store": 1, "b store": 4}),
        ("topk(1, up)", 200, {"b store": 1}),
        ("bottomk by (service) (1, up)", 200, {"a store": 0}),
        ("quantile(0.25, up)", 200, {"": 0.25}),
        ("stdvar(up)", 200, {"": 0.25}),
        ('count_values("is", up)', 200, {"0": 1, "1": 1}),
        ('label_replace(up, "zone", "z-$1", "instance", "(a)")', 200, {"a store z-a": 0, "b store": 1}),
        (
            'label_join(up, "zone", "/", "service", "instance")',
            200,
            {"a store store/a": 0, "b store store/b": 1},
        ),
        ("up * on(service) group_left() sum by (service) (up)", 200, {"a store": 0, "b store": 1}),
        ("sum by (service) (up) - on(service) group_right() up", 200, {"a store": 1, "b store": 0}),
        (
            'up + on() group_left(code) (asked_total{code="200"} * 0)',
            200,
            {"200 a store": 0, "200 b store": 1},
        ),
        ("up < on(service) group_left() max by (service) (up)", 200, {"a store": 0}),
        ("max_over_time(up[5m:1m])", 320, {"a store": 1, "b store": 1}),
        ('max_over_time(rate(asked_total{code="500"}[1m])[5m:15s])', 590, {"500 gate": 2}),
        ("sum_over_time(sum(up)[2m:30s] offset 1m)", 320, {"": 4}),
        ("quantile_over_time(0.5, up[5m])", 299, {"a store": 0.5, "b store": 1}),
        ('absent_over_time(up{job="x"}[5m])', 299, {"x": 1}),
        ("absent_over_time(up[5m])", 299, {}),
        ("sort_desc(up)", 200, {"a store": 0, "b store": 1}),
        ("up > (24 - 23) / 2", 200, {"b store": 1}),
        (
            'sum(rate(asked_total{code=~"5.."}[1m])) / sum(rate(asked_total[1m])) > 0.5',
            585,
            {"": 0.75},
        ),
    ],
)
def test_values(store: Store, expression: str, second: float, expected: dict[str, float]) -> None:
    assert at(store, expression, second) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("up == ", "ends too early"),
        ("rate(up)", "needs a range"),
        ("up[5m]", "needs a function"),
        ("predict_linear(free[1h], free)", "plain number"),
        ("predict_linear(free, 5)", "needs a range"),
        ('label_replace(up, "a", "b", "c", "(")', "pattern"),
        ('label_replace(up, "a", "b", c, "d")', "a text"),
        ("topk(up, up)", "plain number"),
        ("count_values(1, up)", "no text"),
        ("up[5m:1m]", "a subquery needs"),
        ("holt_winters(up[5m], 1, 1)", "holt_winters"),
        ("time(5)", "0 arguments"),
        ("up @ 5", "@"),
        ('{__name__=~"up|down"}', "name"),
        ('up{a=~"("}', "pattern"),
        ("up $ 1", "not understood"),
        ("up or 1", "between metrics"),
        ("(" * 200 + "up" + ")" * 200, "nested"),
        ("up" + " + up" * 400, "too long"),
        ("-" * 2000 + "up", "too long"),
        ("x" * 6000, "too long"),
        ("up == 0 5", "out of place"),
    ],
)
def test_what_is_not_evaluated_is_said(expression: str, said: str) -> None:
    with pytest.raises(ExpressionError, match=said):
        parse(expression)


def test_series_that_match_several(store: Store) -> None:
    with pytest.raises(EvaluationError, match="several"):
        at(store, "up / on(service) up", 100)


def test_lengths() -> None:
    assert length_ns("1h30m") == 5400 * 10**9
    assert length_ns("500ms") == 5 * 10**8
    with pytest.raises(ExpressionError):
        length_ns("5 minutes")


RULES = """\
# of the shop
groups:
  - name: shop
    interval: 15s
    rules:
      - record: store:up:min
        expr: min by (service) (up)
      - alert: StoreDown
        expr: up{service="store"} == 0
        for: 1m
        labels: {severity: page}
        annotations:
          summary: "Store {{ $labels.instance }} is down"
      - alert: StoreDownLong
        expr: up == 0
        for: 10m
      - alert: Recorded
        expr: |
          store:up:min
            < 1
      - alert: DiskFull
        expr: holt_winters(disk_free[1h], 0.3, 0.3) < 0
      - alert: Elsewhere
        expr: elsewhere > 1
      - alert: Nothing
"""


def read(tmp_path: Path, text: str) -> tuple[AlertRules, Issues]:
    (tmp_path / "shop.yml").write_text(text)
    issues = Issues()
    return read_alerts(tmp_path, issues), issues


def test_where_rules_would_have_fired(store: Store, tmp_path: Path) -> None:
    rules, issues = read(tmp_path, RULES)
    assert [(one.file, one.text) for one in issues.rows()] == [
        ("shop.yml", "line 21: DiskFull is not evaluated: holt_winters() is not evaluated"),
        ("shop.yml", "line 25: Nothing is not evaluated: it has no expr"),
    ]
    fired = fired_alerts(store, rules, issues)
    assert [(one.text, (one.time_ns - BASE_NS) / 1e9, (one.end_ns - BASE_NS) / 1e9) for one in fired] == [
        ('alert StoreDown would have fired for instance a, service store: up{service="store"} == 0, 1 min long',
         210.0, 450.0),
        ("alert Recorded would have fired for service store: store:up:min < 1", 150.0, 450.0),
    ]  # fmt: skip
    assert {one.kind for one in fired} == {"alert"}
    assert {one.service for one in fired} == {"store"}
    last = issues.rows()[-1]
    assert (last.code, last.severity) == ("alert-without-series", "info")
    assert last.text == "1 alert rule is not evaluated: the bundle has no series elsewhere"


def test_what_still_holds_at_the_end_has_no_end(store: Store, tmp_path: Path) -> None:
    rules, issues = read(
        tmp_path, "groups:\n- name: a\n  rules:\n  - alert: Busy\n    expr: asked_total > 100\n    for: 30s\n"
    )
    (one,) = fired_alerts(store, rules, issues)
    assert one.end_ns == -1
    assert one.text.startswith("alert Busy would have fired for service gate and 1 more")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("groups: [", "no groups"),
        ("a: 1\n  b: 2\n", "line 2: this is no YAML"),
        ("alert: x\n", "line 1: there are no groups"),
        ("groups:\n- name: a\n  interval: soon\n  rules:\n  - alert: b\n    expr: up\n", "interval of a"),
        ("groups:\n- rules:\n  - expr: up\n", "neither alert nor record"),
        ("groups:\n- rules:\n  - alert: b\n    expr: up\n    for: long\n", "no length of time"),
        ("groups:\n- rules: 5\n- 7\n", ""),
    ],
)
def test_faulty_files_are_told(tmp_path: Path, text: str, said: str) -> None:
    _, issues = read(tmp_path, text)
    assert said in " ".join(one.text for one in issues.rows())


def test_rules_that_record_each_other(store: Store, tmp_path: Path) -> None:
    rules, issues = read(
        tmp_path,
        "groups:\n- rules:\n  - record: a\n    expr: b + b\n  - record: b\n    expr: a + a\n"
        "  - alert: c\n    expr: a > 1\n",
    )
    assert fired_alerts(store, rules, issues) == ()


def test_what_a_rule_records_is_looked_at_over_a_range(store: Store, tmp_path: Path) -> None:
    rules, issues = read(
        tmp_path,
        "groups:\n- rules:\n  - record: shop:requests\n    expr: asked_total\n"
        "  - alert: Busy\n    expr: min_over_time(shop:requests[30s]) > 100\n"
        "  - alert: Often\n    expr: count_over_time(shop:requests[30s]) > 100\n",
    )
    (one,) = fired_alerts(store, rules, issues)
    assert one.text.startswith("alert Busy would have fired for service gate and 1 more")


def test_no_folder_no_rules(tmp_path: Path) -> None:
    issues = Issues()
    assert read_alerts(tmp_path / "none", issues).alerts == ()
    assert issues.rows() == ()


OPERATOR = """\
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: shop
spec:
  groups:
  - name: shop
    rules:
    - alert: StoreDown
      expr: up == 0
      for: 1m
"""


@pytest.mark.parametrize("text", [RULES, OPERATOR])
def test_rules_of_the_bundle_itself(tmp_path: Path, text: str) -> None:
    (tmp_path / "rules.yaml").write_text(text)
    (tmp_path / "metrics.json").write_text(exported())
    issues = Issues()
    store = ingest([tmp_path])
    assert [one.format for one in store.counts] == ["prometheus-json", "prometheus-rules"]
    assert store.issues == ()
    rules = bundled_alerts(store, issues)
    assert rules.alerts[0].file.endswith("rules.yaml")
    (tmp_path / "own").mkdir()
    fired = fired_alerts(store, rules | read_alerts(tmp_path / "own", issues), issues)
    assert fired[0].text.startswith("alert StoreDown would have fired for instance a, service store")
