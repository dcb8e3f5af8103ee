"""What changed beside a cause and the alerts about it are told with their onset, and choose no cause."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from explorer.analysis.alerting.firing import with_alerts
from explorer.analysis.alerting.rulefile import read_alerts
from explorer.analysis.causes import analyse
from explorer.analysis.facts import facts_of
from explorer.analysis.results import Anomaly, Evidence
from explorer.analysis.weighing.support import supported
from explorer.model.issue import Issues
from explorer.model.store import Store
from tests.analysis.rules import RULES
from tests.drawn import draw, repeated
from tests.drawn_store import store_of

S = 10**9
FAILING = """
trace bad at=300
gate: GET /pay | server 0+300 500 error
  pay: charge  | server 10+250 500 error !OSError(journal gone)
"""
HEALTHY = """
trace fine
gate: GET /pay | server 0+80 200
  pay: charge  | server 10+60 200
"""
AROUND = """
mark alert pay at=420 PaymentsFail
mark alert stock at=310 StockLow
metric queue_depth service=pay every=10: {level}
metric queue_depth service=far every=10: {level}
metric queue_depth service=s1 every=10: {flat}
metric queue_depth service=s2 every=10: {flat}
metric queue_depth service=s3 every=10: {flat}
"""


def incident(more: str = "") -> Store:
    level = " ".join(["5", "6"] * 15 + ["60", "61"] * 15)
    flat = " ".join(["5", "6"] * 30)
    drawing = repeated(draw(FAILING), 24, 10) + repeated(draw(HEALTHY), 30, 10, "fine")
    return store_of(drawing + draw(AROUND.format(level=level, flat=flat) + more))


def told(evidence: tuple[Evidence, ...]) -> list[str]:
    return [one.text for one in evidence]


def test_errors_metrics_and_alerts_of_who_is_at_fault_are_told_with_their_onset() -> None:
    store = incident()
    (cause,) = analyse(store, RULES).causes
    assert cause.service == "pay"
    alerts = [one for one in cause.evidence if one.text.startswith("alert")]
    assert [(one.text, one.kind, store.marks[one.mark].text) for one in alerts] == [
        ("alert PaymentsFail, 2 min after it began", "metric", "PaymentsFail")
    ]
    (errors,) = [one for one in cause.evidence if "of calls fail" in one.text]
    assert errors.text == "pay charge: 0% → 100% of calls fail as it began"
    assert bool(store.spans.failed[errors.span]), "it opens the first span that shows it"
    assert told(cause.evidence)[-1].startswith("compared with"), "what it was compared with stays last"


def test_a_rule_that_would_have_fired_is_told_of_the_cause_it_is_about(tmp_path: Path) -> None:
    store = incident()
    (tmp_path / "alerts.yml").write_text(
        "groups:\n- name: a\n  rules:\n"
        "  - alert: Deep\n    expr: queue_depth{service='pay'} > 50\n    for: 30s\n"
        "  - alert: Other\n    expr: queue_depth{service='far'} > 50\n"
    )
    issues = Issues()
    answers = with_alerts(analyse(store, RULES), store, read_alerts(tmp_path, issues), issues)
    (cause,) = answers.causes
    said = [text for text in told(cause.evidence) if "would have fired" in text]
    assert len(said) == 1
    assert said[0].startswith("alert Deep would have fired for service pay")
    assert said[0].endswith("after it began")


def test_only_what_is_no_chance_makes_a_cause_surer() -> None:
    store = incident()
    (found,) = analyse(store, RULES).causes
    unsure = replace(found, confidence="medium")
    onset = min(int(facts_of(store).ids.start[row]) for row in found.ids)

    def level(*anomalies: Anomaly) -> str:
        return supported(facts_of(store), [unsure], anomalies)[0].confidence

    number = {series.service: at for at, series in enumerate(store.series)}

    def changed(service: str, away_ns: int) -> Anomaly:
        at = onset + away_ns
        return Anomaly("metric", "queue_depth: 5 → 60", at, -1, service, series=number[service])

    assert level() == "medium"
    assert level(changed("pay", -2 * S)) == "high"
    assert level(changed("s1", -2 * S)) == "medium", "of another service"
    assert level(changed("pay", -90 * S)) == "medium", "so near it would often be by chance"
    assert level(changed("pay", -2 * S), changed("far", -2 * S)) == "medium", "others changed as well"
    assert level(replace(changed("pay", -2 * S), kind="alert")) == "medium", "an alert is but a name"
    unsure = replace(unsure, reasons=(*unsure.reasons, "only logs are known"))
    assert level(changed("pay", -2 * S)) == "medium", "what is doubted no metric makes sure"


def test_alerts_and_changes_alone_are_no_cause() -> None:
    level = " ".join(["5", "6"] * 15 + ["60", "61"] * 15)
    drawing = repeated(draw(HEALTHY), 60, 10, "fine")
    store = store_of(
        drawing + draw(f"mark alert pay at=320 PaymentsFail\nmetric q service=pay every=10: {level}")
    )
    assert analyse(store, RULES).causes == ()


def test_what_changed_later_and_elsewhere_is_not_told_of_a_cause() -> None:
    store = incident()
    (found,) = analyse(store, RULES).causes
    onset = min(int(facts_of(store).ids.start[row]) for row in found.ids)
    plain = replace(found, evidence=())

    def backed(away_ns: int, operation: str, *, old: bool = False) -> bool:
        at = onset + away_ns
        change = Anomaly("errors", "calls fail", at, -1, "pay", operation)
        cause = replace(plain, reasons=("not new: it fails all along",) if old else ())
        evidence = told(supported(facts_of(store), [cause], [change])[0].evidence)
        return any(text.startswith("calls fail") for text in evidence)

    assert backed(-S, found.operation)
    assert backed(S, found.operation)
    assert not backed(S, "refund"), "failures of another operation that began later are another matter"
    assert not backed(S, found.operation, old=True), (
        "what failed all along is not backed by what changed since"
    )
