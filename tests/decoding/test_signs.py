"""Which line formats are tried on a line: those whose signs it holds."""

from __future__ import annotations

import pytest

from explorer.decoding.logs.choosing import matches, ranked
from explorer.decoding.logs.line_format import shipped
from explorer.decoding.logs.signs import CLOCKED, signs_always, signs_in, signs_of
from explorer.decoding.logs.times import KNOWN


@pytest.mark.parametrize(
    ("pattern", "signs"),
    [
        ("# x", "# "),
        (r"\[(?:a|b)? (?P<all>#)\]", "[ #]"),
        (r"\t\#\d", "\t#"),
        ("#?x", ""),
        ("(?:# )?x", ""),
        ("(?:# )*+x", ""),
        ("(?:#){0,2}x", ""),
        ("#{2,3}{", "{"),
        ("#++x", "#"),
        ("(?:#|x)", ""),
        ("(?:#-|x#|<=#)", "#"),
        ("x|#", ""),
        ("(?!#)(?<!-)(?=/)(?<=:)", "/:"),
        ("(?:(?:#) )?x", ""),
        (r"(?:x\)#)", ")#"),
        (r"\(?#", "#"),
        ("[(|]#", "#"),
        ("[]|(]#[^]|(]", "#"),
        (r"[\]|(]#", "#"),
        ("(?x: # )", ""),
        ("(#)(?(1)-|/)", ""),
    ],
)
def test_a_sign_stands_always_where_no_group_lets_it_be_left_out(pattern: str, signs: str) -> None:
    assert signs_always(pattern) == frozenset(signs)


@pytest.mark.parametrize(
    ("pattern", "times", "signs"),
    [
        ("<time>;", ["%Y-%m-%d %H:%M:%S"], ";-: \0"),
        ("<time>;", ["%Y-%m-%d %H:%M:%S", "%d/%m %H:%M:%S"], ";: \0"),
        ("<time>;", ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d"], ";-"),
        ("(?:<time>)?;", ["%H:%M:%S"], ";"),
        ("<level>;", [], ";"),
        ("<time>;", [], ";"),
    ],
)
def test_a_time_adds_the_signs_that_all_ways_to_write_it_have(
    pattern: str, times: list[str], signs: str
) -> None:
    assert signs_of(pattern, times) == frozenset(signs.encode())


def test_every_known_time_has_a_clock() -> None:
    assert ord(CLOCKED) in signs_of("<time>", [one.spec for one in KNOWN])


def test_formats_passed_over_would_not_have_known_the_line() -> None:
    formats = ranked(shipped())
    lines = {line.encode() for one in shipped() for sample in one.samples for line in sample.text.split("\n")}
    lines |= {line[at:] for line in tuple(lines) for at in (6, 13, 24, 30)}
    tried = sum(one.signs <= signs for signs in map(signs_in, lines) for one in formats.formats)
    assert tried < len(lines) * len(formats.formats) / 3
    for line in lines:
        assert formats.best(line) is next((one for one in formats.formats if matches(one, line)), None)
