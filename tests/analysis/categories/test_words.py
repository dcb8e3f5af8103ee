"""What words speak for where no specific rule does, and how they are weighed against the others."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from explorer.analysis.categories.rules import categorize, load_rules
from explorer.analysis.categories.signals import Signal
from explorer.analysis.categories.verdict import CATEGORIES
from explorer.analysis.categories.wordfeatures import features, read_families, rule_features
from explorer.analysis.categories.wordmodel import WordModel
from explorer.model.issue import Issues
from explorer.paths import resource
from tests import learn_words
from tests.analysis.categories.shipped import judged, shipped
from tests.learn_words import Message

USERS = """
[[rule]]
name = "shelf"
category = "model"
subcategory = "shelf"
says = "shelf broken"
strength = 0.4
contains = ["shelf"]
samples = ["shelf"]
"""


def test_the_words_were_learnt_from_the_messages_that_are_there() -> None:
    head = learn_words.WEIGHTS.read_text(encoding="utf-8").splitlines()[0]
    assert learn_words.digest(learn_words.labelled()) in head, "run python -m tests.learn_words"


def test_the_words_that_decided_are_named() -> None:
    known = shipped().words
    likely = known.of("", "the resolver was asked for a host and its lookup came back bare")
    assert likely is not None
    assert max(likely.chances, key=likely.chances.__getitem__) == "infrastructure"
    assert sum(map(math.exp, likely.chances.values())) == pytest.approx(1)
    rule, words = known.because(likely, "infrastructure")
    assert rule is not None
    assert rule.category == "infrastructure"
    assert words
    assert set(words) & {"resolver", "lookup", "host"}


def test_a_verdict_by_words_alone_names_no_rule() -> None:
    verdict = categorize(
        (Signal("message", "the resolver was asked for a host and its lookup came back bare"),), shipped()
    )
    assert (verdict.category, verdict.rule) == ("infrastructure", "")
    assert set(verdict.evidence) & {"resolver", "lookup", "host"}


def test_empty_words_tell_nothing() -> None:
    assert shipped().words.of("", "") is None
    assert shipped().words.of("", "something went wrong") is None
    assert WordModel(()).of("", "connection refused by the peer") is None


def test_other_words_of_one_family_speak_alike(tmp_path: Path) -> None:
    families = tmp_path / "families.toml"
    families.write_text('kitchen = "pan kettle"', encoding="utf-8")
    known = read_families(families)
    one, other = set(features("bad pan", known)), set(features("bad kettles", known))
    assert one - other == {"pan", "bad pan"}
    assert other - one == {"kettles", "bad kettles"}


def test_what_a_user_wrote_is_not_weighed_against_words(tmp_path: Path) -> None:
    text = "password rejected: the credentials of the shelf are invalid, certificate expired"
    (tmp_path / "own.toml").write_text(USERS, encoding="utf-8")
    rules = load_rules([resource("rules"), tmp_path], Issues())
    own = load_rules([tmp_path], Issues())
    assert categorize([Signal("message", text)], shipped()).category == "security"
    assert categorize([Signal("message", text)], own).category == "model"
    assert categorize([Signal("message", "the shelf")], rules).rule == "own:shelf"


def test_a_guess_is_marked_as_one() -> None:
    guess = judged("message", "the resolver was asked for a host and its lookup came back bare")
    assert guess.category == "infrastructure"
    assert guess.strength <= 0.3
    assert guess.says.startswith("probably ")


def test_a_rule_may_name_a_range_of_numbers() -> None:
    assert judged("oracle", "12345").subcategory == "database"
    assert judged("oracle", "99999").category == "unknown"


def test_a_word_not_learnt_speaks_by_the_company_it_keeps() -> None:
    messages = [
        Message("security", "", "bad certificate", "", ()),
        Message("data", "", "bad row", "", ()),
    ] * 4
    learnt = learn_words.learn(messages, learn_words.features_of(messages))
    told = dict(zip(learnt.names, learnt.weights.tolist(), strict=True))["issuer"]
    assert told[CATEGORIES.index("security")] > told[CATEGORIES.index("data")]


def test_the_rules_that_fit_are_told_to_the_model() -> None:
    fitting = [("a:one", "data", 0.5), ("b:two", "model", 0.4), ("c:three", "model", 0.3)]
    assert rule_features(fitting) == ("@a:one", "@says data", "@says data 0.5", "@also model")
    assert rule_features([]) == ("@none",)
    words = ("the resolver was asked for a host", "lookup came back bare")
    known = shipped().words
    plain, told = known.of("", *words[:1]), known.of("", words[0], ("@says security",))
    assert plain is not None
    assert told is not None
    assert told.chances["security"] > plain.chances["security"]


def test_no_rule_is_named_among_the_words() -> None:
    for text in (
        "the resolver was asked for a host and its lookup came back bare",
        "ValueError: bad host lookup",
    ):
        assert not any("@" in each for each in judged("message", text).evidence)


def test_a_verdict_given_lately_is_kept_and_they_are_not_many(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = load_rules([resource("rules")], Issues())
    monkeypatch.setattr("explorer.analysis.categories.rules._MOST_KNOWN", 3)
    first = categorize([Signal("message", "connection refused")], rules)
    assert categorize([Signal("message", "connection refused")], rules) is first
    for turn in range(5):
        categorize([Signal("message", f"disk {turn} full")], rules)
    assert len(rules.known) <= 3


def test_what_is_shipped_is_small_and_read_when_asked() -> None:
    assert learn_words.WEIGHTS.stat().st_size < 400_000
    rules = load_rules([resource("rules")], Issues())
    assert not rules.words.read
    categorize([Signal("message", "the resolver was asked for a host and its lookup came back bare")], rules)
    assert rules.words.read
