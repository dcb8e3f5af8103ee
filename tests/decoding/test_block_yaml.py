"""YAML as programs write it."""

from __future__ import annotations

from typing import Any

import pytest

from explorer.decoding.block_yaml import documents

TEXT = """\
# a comment
a: 1
b: "two: \\"three\\""
c: 'it''s
  folded'
list:
- x
- - 1
  - 2
- k: v
  m: {}
-
  deep:
    deeper: null
text: |
  first
    second

  third
folded: >-
  one
  two
plain goes on: the value is
  longer
"key with: colon": -c
time: 2026-09-21T14:13:20Z
flag: true
---
second: document
"""


def test_what_programs_write() -> None:
    first, second = documents(TEXT)
    assert first == {
        "a": 1, "b": 'two: "three"', "c": "it's folded",
        "list": ["x", [1, 2], {"k": "v", "m": {}}, {"deep": {"deeper": None}}],
        "text": "first\n  second\n\nthird\n", "folded": "one two", "plain goes on": "the value is longer",
        "key with: colon": "-c", "time": "2026-09-21T14:13:20Z", "flag": True,
    }  # fmt: skip
    assert second == {"second": "document"}


@pytest.mark.parametrize("text", ["a: 1\n   b: 2\n c: 3\n", "\n".join("  " * i + "k:" for i in range(200))])
def test_what_is_not_understood_is_said(text: str) -> None:
    with pytest.raises(ValueError, match=r"line|deep"):
        documents(text)


@pytest.mark.parametrize(("text", "value"), [("", []), ("- 1\n- 2\n", [[1, 2]]), ("word\n", ["word"])])
def test_small_ones(text: str, value: Any) -> None:
    assert documents(text) == value
