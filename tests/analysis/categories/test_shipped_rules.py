"""The shipped rules: sound, consistent, complete where a list is closed."""

from __future__ import annotations

import os
import random
import subprocess
import sys

import pytest

from explorer.analysis.categories.rules import categorize, failing_samples, load_rules
from explorer.analysis.categories.signals import Signal
from explorer.analysis.categories.verdict import CATEGORIES, UNKNOWN
from explorer.model.issue import Issues
from explorer.paths import resource
from tests.analysis.categories.shipped import judged, shipped
from tests.shared import ROOT

ENVOY_FLAGS = (
    "UH UF UO NR URX NC DT DC LH UT LR UR UC DI FI RL UAEX RLSE IH SI DPE UPE UMSDR NFCF OM DF DO DR"
    " UDO".split()
)


def test_every_rule_is_read_without_a_complaint() -> None:
    issues = Issues()
    rules = load_rules([resource("rules")], issues)
    assert [str(row) for row in issues.rows()] == []
    assert len(rules.rules) > 200


def test_every_sample_gets_the_verdict_of_its_own_rule() -> None:
    assert failing_samples(shipped()) == ()


def test_there_are_rules_for_every_category_but_unknown() -> None:
    assert {rule.category for rule in shipped().rules} == set(CATEGORIES) - {"unknown"}


@pytest.mark.parametrize("flag", ENVOY_FLAGS)
def test_every_envoy_flag_is_known(flag: str) -> None:
    assert judged("envoy", flag).category != "unknown"


@pytest.mark.parametrize("number", range(1, 17))
def test_every_grpc_code_is_known_by_number(number: int) -> None:
    assert judged("grpc", str(number)).category != "unknown"


def test_ok_is_no_error() -> None:
    assert judged("grpc", "0") == UNKNOWN
    assert judged("envoy", "-") == UNKNOWN


STATUSES = (400, 401, 403, 404, 408, 409, 413, 415, 418, 422, 429, 499, 500, 502, 503, 504, 599)


@pytest.mark.parametrize("status", STATUSES)
def test_http_statuses_are_known(status: int) -> None:
    assert judged("http", str(status)).category != "unknown"


def test_the_words_of_the_command_line_stand() -> None:
    said = {
        "x509: certificate has expired": "security",
        "FATAL: sorry, too many clients already": "capacity",
        "429 Too Many Requests": "capacity",
        "environment variable REDIS_HOST is not set": "configuration",
        "dial tcp 10.0.0.1:80: connect: connection refused": "infrastructure",
        "Input X contains NaN.": "data",
        "size mismatch for fc.weight: copying a param with shape": "model",
    }
    assert {text: judged("message", text).category for text in said} == said
    assert judged("hypothesis", "deadline-too-tight").category == "configuration"


def test_expected_failures_say_so() -> None:
    assert judged("http", "404").expected
    assert judged("grpc", "1").symptom
    assert judged("envoy", "FI").expected
    assert judged("http", "499").expected
    assert not judged("message", "CUDA out of memory. Tried to allocate 2 GiB").expected


def test_timeouts_are_symptoms_even_without_a_word() -> None:
    silent = judged("exception", "asyncio.exceptions.TimeoutError", "")
    assert (silent.category, silent.subcategory, silent.symptom) == ("infrastructure", "timeout", True)
    assert judged("exception", "builtins.MemoryError", "").category == "system"


def test_the_order_of_signals_does_not_matter() -> None:
    signals = [
        Signal("http", "503"),
        Signal("grpc", "14"),
        Signal("exception", "redis.exceptions.ConnectionError", "max number of clients reached"),
        Signal("log", "upstream connect error or disconnect/reset before headers"),
    ]
    first = categorize(signals, shipped())
    for seed in range(10):
        random.Random(seed).shuffle(signals)
        assert categorize(signals, shipped()) == first
    assert first.category == "capacity"


def test_the_answer_is_the_same_in_every_process() -> None:
    program = (
        "from tests.analysis.categories.shipped import judged\n"
        "print(judged('message', 'upstream connect error: connection refused, connection reset, timed out waiting'))"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(answers) == 1


def test_the_innermost_error_decides() -> None:
    outer = Signal("message", "504 Gateway Timeout", layer=2)
    inner = Signal("exception", "torch.OutOfMemoryError", "CUDA out of memory.")
    assert categorize([outer, inner], shipped()).category == "system"


def test_nothing_known_is_unknown() -> None:
    assert judged("message", "") == UNKNOWN
    assert judged("message", "it is what it is").category == "unknown"
    assert categorize([], shipped()) == UNKNOWN


def test_what_it_says_keeps_no_gap() -> None:
    named = judged("message", "CircuitBreaker 'stock' is OPEN and does not permit further calls")
    assert named.says == "circuit breaker stock open"
    assert "{" not in judged("exception", "CallNotPermittedException", "").says


def test_evidence_is_short_and_printable() -> None:
    verdict = judged("message", "connection refused\x1b[31m " + "x" * 5000)
    assert all(len(each) <= 120 and each.isprintable() for each in verdict.evidence)
