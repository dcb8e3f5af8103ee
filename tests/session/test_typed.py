"""Values of settings have the very type that is declared."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import pytest

from explorer.session.typed import WrongTypeError, typed


@dataclass(frozen=True, slots=True)
class Inner:
    name: str
    count: int = 0


@dataclass(frozen=True, slots=True)
class Outer:
    inner: Inner | None = None
    many: tuple[Inner, ...] = ()
    pair: tuple[int, int] = (0, 0)
    choice: Literal["a", "b"] = "a"
    on: bool = True
    share: float = 1.0
    made: list[str] = field(default_factory=list)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({}, Outer()),
        ({"inner": None, "newer": 1}, Outer()),
        ({"inner": {"name": "x", "count": 2}}, Outer(Inner("x", 2))),
        ({"many": [{"name": "x"}, {"name": "y"}]}, Outer(many=(Inner("x"), Inner("y")))),
        (
            {"pair": [1, 2], "choice": "b", "on": False, "share": 2},
            Outer(pair=(1, 2), choice="b", on=False, share=2.0),
        ),
    ],
)
def test_what_fits_is_taken(value: object, expected: Outer) -> None:
    assert typed(value, Outer) == expected


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ([], "an object is expected"),
        ({"inner": "x"}, "it is str"),
        ({"inner": {}}, "it has no name"),
        ({"inner": {"name": "x", "count": True}}, "it is bool"),
        ({"many": {"name": "x"}}, "a list is expected"),
        ({"many": [1]}, "an object is expected, it is int"),
        ({"pair": [1]}, "2 values are expected, there are 1"),
        ({"pair": [1, "2"]}, "int is expected, it is str"),
        ({"choice": "c"}, "one of a, b is expected"),
        ({"on": 1}, "bool is expected"),
        ({"share": "1"}, "float is expected"),
    ],
)
def test_what_does_not_fit_is_refused(value: Any, says: str) -> None:
    with pytest.raises(WrongTypeError, match=says):
        typed(value, Outer)
