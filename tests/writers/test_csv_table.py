"""CSV that a spreadsheet shows and does not compute."""

from __future__ import annotations

import csv
import io

import pytest

from explorer.writers.csv_table import csv_table


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "=cmd|' /C calc'!A0"]
)
def test_no_text_begins_a_formula(text: str) -> None:
    rows = list(csv.reader(io.StringIO(csv_table(("name",), [(text,)]), newline="")))
    assert rows == [["name"], [f"'{text}"]]


def test_texts_come_back_and_numbers_stay_numbers() -> None:
    texts = ('plain, with "quotes"', "two\nlines", "日本", "", "a=b")
    written = csv_table(("a", "b", "c", "d", "e", "f"), [(*texts, -5)])
    assert list(csv.reader(io.StringIO(written, newline="")))[1] == [*texts, "-5"]
    assert written.endswith(",-5\r\n")
