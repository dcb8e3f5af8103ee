"""Which line formats are tried only on lines that hold a time."""

from __future__ import annotations

import pytest

from explorer.decoding.logs.choosing import matches, ranked
from explorer.decoding.logs.clocks import CLOCK, is_clocked, stands_always
from explorer.decoding.logs.line_format import shipped
from explorer.decoding.logs.times import KNOWN, time_format


@pytest.mark.parametrize(
    ("pattern", "always"),
    [
        ("<time> x", True),
        (r"\[(?:a|b)? (?P<all><time>)\]", True),
        ("<time>?x", False),
        ("(?:<time> )?x", False),
        ("(?:<time> )*x", False),
        ("(?:<time>){0,2}x", False),
        ("(?:<time>|x)", False),
        ("x|<time>", False),
        ("(?!<time>)x", False),
        ("(?:(?:<time>) )?x", False),
        (r"(?:x\)<time>)", True),
        (r"\(?<time>", True),
        ("[(|]<time>", True),
        ("[]|(]<time>[^]|(]", True),
        (r"[\]|(]<time>", True),
    ],
)
def test_a_piece_stands_always_where_no_group_lets_it_be_left_out(pattern: str, always: bool) -> None:
    assert stands_always(pattern, "<time>") is always


def test_a_format_whose_time_has_no_mark_is_tried_on_every_line() -> None:
    assert is_clocked("<time> ", (time_format("%Y-%m-%d %H:%M:%S"),))
    assert not is_clocked("<time> ", (time_format("%Y-%m-%d %H:%M:%S"), time_format("%Y-%m-%d")))
    assert not is_clocked("x", ())


def test_every_known_time_has_a_mark() -> None:
    assert is_clocked("<time>", KNOWN)


def test_formats_passed_over_would_not_have_known_the_line() -> None:
    formats = ranked(shipped())
    assert len(formats.clockless) < len(formats.formats) / 5
    lines = {line.encode() for one in shipped() for sample in one.samples for line in sample.text.split("\n")}
    lines |= {line[at:] for line in tuple(lines) for at in (6, 13, 24, 30)}
    told = [CLOCK.search(line) is not None for line in lines]
    assert 100 < sum(told) < len(told) - 100
    for line in lines:
        best = next((one for one in formats.formats if matches(one, line)), None)
        assert formats.best(line) is best
        dated = best if best is not None and best.times and not best.generic else None
        assert formats.dated(line) is dated
