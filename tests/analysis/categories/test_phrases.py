"""The small language of phrases, and the index over many."""

from __future__ import annotations

import time

import pytest

from explorer.analysis.categories.phrases import PhraseIndex, class_text, phrase, words_of


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("out of memory", "CUDA OUT OF MEMORY."),
        ("out of memory", "OUT_OF_MEMORY"),
        ("out of memory", "out-of   memory"),
        ("no such host", "lookup x: no such host"),
        ("feature <f> not found", "feature 'age' not found"),
        ("failed * node", "failed, so said the log of the node"),
        ("can't open", "can`t open"),
        ("can't open", "can\\'t open"),
        ("[errno", "[Errno 2]"),
    ],
)
def test_a_phrase_is_found(written: str, text: str) -> None:
    found = phrase(written).search(text)
    assert found is not None
    assert phrase(written).words <= words_of(text)


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("timeout", "timeouts"),
        ("form", "platform"),
        ("feature <f> not found", "feature " + "x" * 100 + " not found"),
        ("failed * node", "failed " + "x " * 60 + "node"),
        ("out of memory", "out of the memory"),
    ],
)
def test_a_phrase_is_not_found(written: str, text: str) -> None:
    assert phrase(written).search(text) is None


def test_a_gap_keeps_what_it_stood_for() -> None:
    found = phrase("breaker <name> is open").search("Breaker 'stock' is OPEN")
    last = phrase("resolve host <name>").search("cannot resolve host features.ml: why")
    assert found is not None
    assert last is not None
    assert found["name"] == "'stock'"
    assert last["name"].startswith("features.ml")


def test_a_phrase_without_a_word_is_refused() -> None:
    with pytest.raises(ValueError, match="holds no word"):
        phrase("-- *")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("http.client.ReadTimeoutError", "Read Timeout Error"),
        ("java.net.UnknownHostException", "Unknown Host Exception"),
        ("sqlx::Error", "Error"),
        ("HTTPError", "HTTP Error"),
        ("ECONNREFUSED", "ECONNREFUSED"),
    ],
)
def test_class_names_are_read_as_words(name: str, words: str) -> None:
    assert class_text(name) == words


def test_the_index_finds_what_each_phrase_finds() -> None:
    written = ["connection refused", "refused", "connection reset", "no route to host"]
    index = PhraseIndex(enumerate(map(phrase, written)))
    text = "connect: Connection refused (no route to nowhere)"
    assert sorted(at for at, _ in index.matches(text, words_of(text))) == [0, 1]


def test_a_phrase_with_many_gaps_is_refused() -> None:
    with pytest.raises(ValueError, match="more than 2 gaps"):
        phrase("a * b <x> c * d")


def test_a_hostile_text_takes_no_time() -> None:
    text = "failed " * 1000
    started = time.process_time()
    assert phrase("failed * failed <x> node").search(text) is None
    assert time.process_time() - started < 4
