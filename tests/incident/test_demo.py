"""The shipped incident is the generated one, and the program finds out what happened in it."""

from __future__ import annotations

import gzip
import io
import itertools
import sys
import tarfile
from collections import Counter
from collections.abc import Mapping

import pytest

from explorer.analysis.causes import analyse
from explorer.analysis.clocks import clock_offsets
from explorer.analysis.graph import call_graph
from explorer.analysis.results import Analysis, Outcome, Verdict
from explorer.ingest import ingest
from explorer.model.schema import LogFlag
from explorer.model.store import Store
from explorer.paths import demo_bundle
from explorer.readers.details import log_detail
from explorer.report.compose import compose
from explorer.report.markdown import markdown
from explorer.report.redact import Redactor
from tests.analysis.rules import RULES
from tests.incident import bundle, cluster, metrics, moments, truth
from tests.incident.journeys import API_KEY, MAIL, TOKEN
from tests.incident.story import HERO

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LARGEST = 1 << 20


@pytest.fixture(scope="module")
def store() -> Store:
    return ingest([demo_bundle()])


@pytest.fixture(scope="module")
def analysis(store: Store) -> Analysis:
    return analyse(store, RULES)


@pytest.fixture(scope="module")
def row_of(store: Store) -> Mapping[str, int]:
    return {row.id: at for at, row in enumerate(store.correlation.rows)}


def test_what_is_shipped_is_what_is_generated() -> None:
    packed = demo_bundle().read_bytes()
    assert len(packed) <= LARGEST
    with tarfile.open(fileobj=io.BytesIO(zstd.decompress(packed))) as archive:
        shipped = {
            member.name.partition("/")[2]: file.read()
            for member in archive
            if (file := archive.extractfile(member)) is not None
        }
    generated = bundle.files()
    assert list(shipped) == list(generated)
    assert [name for name in shipped if unpacked(shipped[name]) != unpacked(generated[name])] == []


def unpacked(data: bytes) -> bytes:
    """Content without gzip, whose bytes differ with the library."""
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def test_every_span_is_read_once(store: Store) -> None:
    told = bundle.incident()
    assert len(store.spans) == len(told.spans) + len(told.queued)
    copies = [issue.count for issue in store.issues if issue.code == "duplicate-span"]
    assert copies == [bundle.SENT_TWICE]
    assert len(store.traces) == len({span.trace for span in (*told.spans, *told.queued)})


def test_each_request_is_an_id_and_each_batch_one_more(store: Store) -> None:
    told = bundle.incident()
    batches = {f"{span.trace:032x}" for span in told.queued if span.name == "audit.scores process"}
    assert {row.id for row in store.correlation.rows} == {request.id for request in told.requests} | batches
    hero = next(row for row in store.correlation.rows if row.id == HERO)
    assert len(hero.traces) == 2


def test_how_each_request_ended(store: Store, analysis: Analysis, row_of: Mapping[str, int]) -> None:
    ended = {name: Outcome(analysis.ids.outcome[row_of[name]]).word for name in truth.known()}
    wrong = {name: (was, ended[name]) for name, was in truth.known().items() if ended[name] != was}
    assert wrong == {}


def test_users_who_left_are_no_failures(analysis: Analysis, row_of: Mapping[str, int]) -> None:
    left = [row_of[request.id] for request in bundle.incident().requests if request.fate == "left"]
    assert left
    assert (analysis.ids.outcome[left] < Outcome.FAILING).all()


@pytest.mark.parametrize("cause", truth.causes(), ids=lambda cause: cause.name)
def test_each_cause_is_found_with_its_ids(cause: truth.Cause, store: Store, analysis: Analysis) -> None:
    names = [row.id for row in store.correlation.rows]
    found = [one for one in analysis.causes if {names[row] for row in one.ids} & cause.failing]
    assert [(one.category, one.service) for one in found] == [(cause.category, cause.service)]
    (one,) = found
    assert one.subcategory in cause.subcategories
    assert one.operation in cause.operations
    assert {names[row] for row in one.ids} == cause.failing | cause.degraded


def test_there_are_no_other_causes(analysis: Analysis) -> None:
    failing = {row for row, verdict in analysis.verdicts.items() if verdict.outcome is Outcome.FAILING}
    causes = [one for one in analysis.causes if failing.intersection(one.ids)]
    assert len(causes) == len(truth.causes())
    assert analysis.causes[0].service == "feature-store"


@pytest.mark.parametrize("cause", truth.causes(), ids=lambda cause: cause.name)
def test_how_each_failure_spread(cause: truth.Cause, analysis: Analysis, row_of: Mapping[str, int]) -> None:
    wrong = {name: path for name in cause.failing
             if (path := services(analysis.verdicts[row_of[name]])) != cause.path}  # fmt: skip
    assert wrong == {}


def services(verdict: Verdict) -> tuple[str, ...]:
    """Services on a path, equal neighbours once."""
    return tuple(service for service, _ in itertools.groupby(step.service for step in verdict.path))


def test_only_what_is_broken_is_not_read(store: Store) -> None:
    skipped = {count.name: count.skipped for count in store.counts if count.skipped}
    assert sorted(name.rpartition(".")[2] for name in skipped) == ["jsonl", "pickle"]
    assert set(skipped.values()) == {1}
    cut = [row for row in range(len(store.logs)) if store.logs.flags[row] & LogFlag.BROKEN]
    assert [log_detail(store, row).message for row in cut] == ['{"timestamp": "2026-11-18T14:0']
    assert any(issue.code == "broken-json-line" and "post-processor" in issue.file for issue in store.issues)


def test_every_log_record_is_read_and_finds_its_request(store: Store) -> None:
    told = bundle.incident()
    cut = 1
    assert len(store.logs) == len(told.logs) + len(told.access) + len(cluster.rollouts()) + cut
    names = [row.id for row in store.correlation.rows]
    found = Counter(names[row] for row in store.logs.id.tolist() if row >= 0)
    wrote = [log.request for log in told.logs] + [line.request for line in told.access]
    assert found == Counter(filter(None, wrote))


def test_what_was_measured_is_read(store: Store) -> None:
    assert {one.name for one in store.series} >= {"feature_null_ratio", "ALERTS", "DCGM_FI_DEV_FB_USED"}
    fired = sum(1 for time_us in metrics.TIMES if time_us >= moments.ALERT)
    fired += sum(1 for time_us in metrics.TIMES if moments.STORE_ALERT <= time_us < moments.STORE_DOWN[1])
    points = sum(count.points for count in store.counts if "/prometheus/" in count.name)
    assert points == 8 * len(metrics.TIMES) + fired
    alerts = [mark for mark in store.marks if mark.kind == "alert"]
    names = ("RankingErrorRate", "OnlineStoreDown")
    assert len(alerts) == len(names)
    assert all(name in mark.text for name, mark in zip(names, alerts, strict=True))


def test_why_the_first_cause_is_believed(analysis: Analysis) -> None:
    evidence = {one.kind: one for one in analysis.causes[0].evidence}
    assert {"span", "log", "metric", "change", "spread"} <= evidence.keys()
    assert "no default for embedding_user_v4" in evidence["log"].text
    assert "feature_null_ratio" in evidence["metric"].text
    assert "4.11.3 → 4.12.0" in evidence["change"].text
    assert abs(evidence["change"].time_ns // 1000 - moments.DEPLOY) < 10 * moments.SECOND
    assert all("is deprecated" not in one.text for cause in analysis.causes for one in cause.evidence)


def test_the_clock_that_is_ahead_is_found(store: Store) -> None:
    off = clock_offsets(store)
    assert {one.service for one in off} == {"model-server"}
    assert all(abs(one.ahead_ns - 12e6) < 1e6 for one in off)


def test_the_fallback_that_was_not_taken_is_drawn(
    store: Store, analysis: Analysis, row_of: Mapping[str, int]
) -> None:
    graph = call_graph(store, [row_of[HERO]], analysis.verdicts[row_of[HERO]])
    assert [node.name for node in graph.nodes if node.absent] == ["popular-items"]


def test_secrets_stay_out_of_the_report(store: Store, analysis: Analysis, row_of: Mapping[str, int]) -> None:
    kept = markdown(compose(store, analysis, row_of[HERO], Redactor(enabled=False)))
    removed = markdown(compose(store, analysis, row_of[HERO], Redactor()))
    assert MAIL in kept.replace("\\", "")
    assert API_KEY in kept.replace("\\", "")
    for secret in (MAIL, API_KEY, TOKEN):
        assert secret not in removed.replace("\\", "")
    assert "e-mail" in removed.rpartition("---")[2]
