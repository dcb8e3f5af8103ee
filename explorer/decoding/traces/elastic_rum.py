"""Elastic's browser agents shorten the names of what they send (intake v3): their events with the names of intake v2.

Source: elastic/apm-data input/elasticapm/internal/modeldecoder/rumv3 (model.go, decoder.go). A transaction holds its
spans and metric sets, and has no time of its own: the server takes the time at which it arrived; spans begin that many
milliseconds later. A span's parent is told by its place in the list.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from explorer.decoding.documents import listed, named, number

Names = Mapping[str, Any]
"""Short name to long one, or to the long one and the names below it."""

_US: Final = 1000
_VERSION: Final[Names] = {"n": "name", "ve": "version"}
_SERVICE: Final[Names] = {
    **_VERSION, "en": "environment", "a": ("agent", _VERSION), "fw": ("framework", _VERSION),
    "la": ("language", _VERSION), "ru": ("runtime", _VERSION),
}  # fmt: skip
_USER: Final[Names] = {"ud": "domain", "em": "email", "un": "username"}
_RESPONSE: Final[Names] = {
    "he": "headers", "dbs": "decoded_body_size", "ebs": "encoded_body_size", "sc": "status_code", "ts": "transfer_size",
}  # fmt: skip
_CONTEXT: Final[Names] = {
    "cu": "custom", "g": "tags", "se": ("service", _SERVICE), "u": ("user", _USER),
    "q": ("request", {"en": "env", "he": "headers", "hve": "http_version", "mt": "method"}),
    "p": ("page", {"rf": "referer"}), "r": ("response", _RESPONSE),
}  # fmt: skip
_FRAME: Final[Names] = {
    "ap": "abs_path", "cn": "classname", "cli": "context_line", "f": "filename", "fn": "function", "mo": "module",
    "poc": "post_context", "prc": "pre_context", "co": "colno", "li": "lineno",
}  # fmt: skip
_EXCEPTION: Final[dict[str, Any]] = {
    "at": "attributes", "cd": "code", "mg": "message", "mo": "module", "st": ("stacktrace", _FRAME), "t": "type",
    "hd": "handled",
}  # fmt: skip
_EXCEPTION["ca"] = ("cause", _EXCEPTION)
_ERROR: Final[Names] = {
    "cl": "culprit", "pid": "parent_id", "tid": "trace_id", "xid": "transaction_id", "ex": ("exception", _EXCEPTION),
    "x": ("transaction", {"n": "name", "t": "type", "sm": "sampled"}), "c": ("context", _CONTEXT),
    "log": ("log", {"lv": "level", "ln": "logger_name", "mg": "message", "pmg": "param_message",
                    "st": ("stacktrace", _FRAME)}),
}  # fmt: skip
_TARGET: Final[Names] = {"n": "name", "rc": "resource", "t": "type"}
_SPAN: Final[Names] = {
    "n": "name", "st": ("stacktrace", _FRAME), "t": "type", "su": "subtype", "ac": "action", "o": "outcome",
    "sr": "sample_rate", "d": "duration", "sy": "sync",
    "c": ("context", {"g": "tags", "se": ("service", _SERVICE),
                      "dt": ("destination", {"se": ("service", _TARGET), "ad": "address", "po": "port"}),
                      "h": ("http", {"mt": "method", "r": ("response", _RESPONSE), "sc": "status_code"})}),
}  # fmt: skip
_TRANSACTION: Final[Names] = {
    "tid": "trace_id", "t": "type", "rt": "result", "n": "name", "o": "outcome", "pid": "parent_id", "k": "marks",
    "ses": ("session", {"seq": "sequence"}), "c": ("context", _CONTEXT), "exp": "experience",
    "yc": ("span_count", {"dd": "dropped", "sd": "started"}), "sr": "sample_rate", "d": "duration", "sm": "sampled",
}  # fmt: skip
_METADATA: Final[Names] = {
    "l": "labels", "se": ("service", _SERVICE), "u": ("user", _USER),
    "n": ("network", {"c": ("connection", {"t": "type"})}),
}  # fmt: skip
_SAMPLES: Final = {"ysc": "span.self_time.count", "yss": "span.self_time.sum.us"}

MARKS: Final[Mapping[str, frozenset[str]]] = {
    "m": frozenset({"se"}),
    "x": frozenset({"id", "tid", "t", "d", "yc"}),
    "e": frozenset({"id", "ex"}),
}
"""Names in the events by which they are known."""


def long_events(value: Any, arrived_ns: int) -> list[tuple[str, dict[str, Any]]] | None:
    """An event of intake v3 as events of intake v2; None where it is none.

    Args:
        value: a decoded line.
        arrived_ns: when the server is thought to have had it.
    """
    if not isinstance(value, dict) or len(value) != 1:
        return None
    ((name, fields),) = value.items()
    if name not in MARKS or not isinstance(fields, dict) or not fields.keys() >= MARKS[name]:
        return None
    if name == "m":
        return [("metadata", _long(fields, _METADATA))]
    if name == "e":
        return [("error", {"timestamp": arrived_ns // _US} | _long(fields, _ERROR))]
    return _transaction(fields, arrived_ns // _US)


def _transaction(fields: dict[str, Any], arrived: int) -> list[tuple[str, dict[str, Any]]]:
    spans = [one for one in listed(fields.get("y")) if isinstance(one, dict)]
    inner = {name: value for name, value in fields.items() if name not in ("y", "me")}
    found = [("transaction", {"timestamp": arrived} | _long(inner, _TRANSACTION))]
    for one in spans:
        place = one.get("pi")
        above = spans[place] if isinstance(place, int) and 0 <= place < len(spans) else fields
        of = {"trace_id": fields.get("tid"), "transaction_id": fields.get("id"), "parent_id": above.get("id")}
        begin = arrived + round((number(one.get("s")) or 0) * _US)
        rest = {name: value for name, value in one.items() if name not in ("s", "pi")}
        found.append(("span", {"timestamp": begin} | of | _long(rest, _SPAN)))
    for one in map(named, listed(fields.get("me"))):
        samples = {
            _SAMPLES.get(name, name): {"value": named(value).get("v")}
            for name, value in named(one.get("sa")).items()
        }
        span = _long(named(one.get("y")), {"t": "type", "su": "subtype"})
        found.append(("metricset", {"timestamp": arrived, "samples": samples, "span": span}))
    return found


def _long(value: Any, names: Names) -> Any:
    """The value with its long names; names that are not known stay."""
    if isinstance(value, list):
        return [_long(one, names) for one in value]
    if not isinstance(value, dict):
        return value
    found = {}
    for name, inner in value.items():
        known = names.get(name, name)
        found.update(
            {known: inner} if isinstance(known, str) else {known[0]: _long(inner, known[1])},
        )
    return found
