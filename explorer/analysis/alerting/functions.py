"""The functions of PromQL that are evaluated here, what each takes, and how a call of one becomes a node."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from explorer.analysis.alerting.tree import Call, ExpressionError, Node, Number, Selector, Sub

RATES: Final = ("rate", "irate", "increase", "delta", "idelta", "changes", "resets", "deriv")
OVER_TIME: Final = tuple(
    f"{what}_over_time"
    for what in ("avg", "min", "max", "sum", "count", "last", "present", "stddev", "stdvar", "absent")
)
CLOCK: Final = ("minute", "hour", "day_of_week", "day_of_month", "month", "year")
PLAIN: Final = ("abs", "ceil", "floor", "exp", "ln", "log2", "log10", "sqrt", "sgn")
TAKES: Final[dict[str, str]] = {
    **dict.fromkeys((*RATES, *OVER_TIME), "r"), **dict.fromkeys((*PLAIN, "absent", "scalar", "sort", "sort_desc"), "v"),
    **dict.fromkeys(CLOCK, "v?"), "time": "", "vector": "x", "round": "vn?", "clamp": "vnn", "clamp_min": "vn",
    "clamp_max": "vn", "histogram_quantile": "nv", "quantile_over_time": "nr", "predict_linear": "rn",
    "label_replace": "vssss", "label_join": "vsss*",
}  # fmt: skip
"""What each takes, a letter an argument: a vector, a range, a number, a string, x: a number at every moment."""
RANGED: Final = frozenset(name for name, takes in TAKES.items() if "r" in takes)
_WORDS: Final = {"n": "a plain number", "s": "a text"}


def called(name: str, arguments: Sequence[Node | str]) -> Call:
    """The call of a function.

    Raises:
        ExpressionError: it is not evaluated here, or takes something else.
    """
    if name not in TAKES:
        raise ExpressionError(f"{name}() is not evaluated")
    takes = TAKES[name]
    least, most = _counts(takes)
    if not least <= len(arguments) <= most:
        many = f"{least}" if least == most else f"{least} or more"
        raise ExpressionError(f"{name}() takes {many} argument{'' if least == most == 1 else 's'}")
    kinds = re.sub(r"[?*]", "", takes)
    kinds += kinds[-1:] * (len(arguments) - len(kinds))
    of: Node = Number(0.0)
    numbers: list[float] = []
    words: list[str] = []
    for kind, argument in zip(kinds, arguments, strict=False):
        match kind, argument:
            case "n", Number(value=value):
                numbers.append(value)
            case "s", str():
                words.append(argument)
            case (("n" | "s"), _):
                raise ExpressionError(f"{name}() is evaluated with {_WORDS[kind]} only")
            case _, str():
                raise ExpressionError(f"{name}() takes no text there")
            case "r", (Selector(over_ns=over) | Sub(over_ns=over)) if over:
                of = argument
            case "r", _:
                raise ExpressionError(f"{name}() needs a range such as [5m]")
            case _:
                of = instant(argument)
    if name in CLOCK and not arguments:
        of = Call("vector", Call("time", Number(0.0)))
    if name == "label_replace":
        _pattern(words[3])
    return Call(name, of, tuple(numbers), tuple(words))


def instant(node: Node) -> Node:
    """The node, which must be no range. Raises ``ExpressionError`` where it is one."""
    if isinstance(node, Sub):
        raise ExpressionError("a subquery needs a function such as max_over_time")
    if isinstance(node, Selector) and node.over_ns:
        raise ExpressionError(f"the range of {node.name} needs a function such as rate")
    return node


def _counts(takes: str) -> tuple[int, int]:
    """The least and the most arguments."""
    if takes.endswith("?"):
        return len(takes) - 2, len(takes) - 1
    return (len(takes) - 1, 50) if takes.endswith("*") else (len(takes), len(takes))


def _pattern(text: str) -> None:
    try:
        re.compile(text)
    except re.error as error:
        raise ExpressionError(f"{text[:60]!r} is no pattern: {error}") from error
