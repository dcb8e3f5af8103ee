"""YAML that becomes JSON: what is said of it tells where it stands in the file, or no place at all."""

from __future__ import annotations

import time
from pathlib import Path

from tests.readers.reading import read_copy

_EVENT = """apiVersion: v1
kind: Event
metadata:
  name: one
  namespace: shop
involvedObject:
  kind: Pod
  name: cart
reason: Füllstand
message: wait
lastTimestamp: "2026-01-01T00:00:00Z"
"""


def test_a_document_that_is_not_understood_is_told_with_its_byte(tmp_path: Path) -> None:
    broken = "apiVersion: v1\nkind: Event\n  reason: deeper\n"
    text = f"{_EVENT}---\n{broken}---\n{_EVENT}"
    store = read_copy(text.encode(), tmp_path, "events.yaml")
    (issue,) = [one for one in store.issues if one.code == "broken-yaml"]
    assert issue.offset == len(f"{_EVENT}---".encode())
    assert len(store.logs) == 2


def test_what_was_made_of_yaml_has_no_place_in_the_file(tmp_path: Path) -> None:
    lacking = "apiVersion: v1\nkind: Event\nmetadata:\n  name: one\n"
    store = read_copy(f"{_EVENT}---\n{lacking}".encode(), tmp_path, "events.yaml")
    (issue,) = list(store.issues)
    assert (issue.code, issue.count, issue.offset) == ("nothing-to-show", 1, -1)


def test_a_text_of_very_many_lines_is_read_in_one_pass(tmp_path: Path) -> None:
    lines = '\n    and \\" more' * 60_000
    text = f"{_EVENT.replace('message: wait', f'message: {chr(34)}it{lines} ends{chr(34)}')}"
    begin = time.process_time()
    store = read_copy(text.encode(), tmp_path, "events.yaml")
    assert len(store.logs) == 1
    assert time.process_time() - begin < 5  # all of it again for each line took minutes
