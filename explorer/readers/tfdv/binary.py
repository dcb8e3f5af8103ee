"""The message Anomalies in binary (``SchemaDiff.pb`` of TFX) as the object that its JSON would be."""

from __future__ import annotations

from typing import Any, Final

from explorer.decoding.documents import named, text
from explorer.decoding.messages import Message, decoded
from explorer.decoding.wire import WireError

BEGINS: Final = (b"\n", b"\x12", b"\x18", b"2", b"8", b"B", b"J")
"""First bytes of the message: keys of its fields 1, 2, 3, 6, 7, 8 and 9."""

_PATH: Final[Message] = {1: ("step*", "text")}
_INFO: Final[Message] = {
    2: ("description", "text"), 5: ("severity", "int"), 6: ("shortDescription", "text"), 8: ("path", _PATH),
    7: ("reason*", {1: ("type", "int"), 2: ("shortDescription", "text"), 3: ("description", "text")}),
}  # fmt: skip
_MEASURED: Final[Message] = {1: ("type", "int"), 2: ("value", "double"), 3: ("threshold", "double")}
_ANOMALIES: Final[Message] = {
    1: ("baseline", {}), 2: ("anomalyInfo*", {1: ("key", "text"), 2: ("value", _INFO)}), 3: ("dataMissing", "bool"),
    8: ("datasetAnomalyInfo", _INFO),
    9: ("driftSkewInfo*", {1: ("path", _PATH), 2: ("driftMeasurements*", _MEASURED),
                           3: ("skewMeasurements*", _MEASURED)}),
}  # fmt: skip
_MEASURES: Final = ("driftMeasurements", "skewMeasurements")
_SEVERITIES: Final = ("UNKNOWN", "WARNING", "ERROR")
_METHODS: Final = ("UNKNOWN", "L_INFTY", "JENSEN_SHANNON_DIVERGENCE", "NORMALIZED_ABSOLUTE_DIFFERENCE")


def anomalies_of(data: bytes) -> dict[str, Any] | None:
    """The message as its JSON; None where the bytes are of another kind, or tell of nothing."""
    try:
        found = decoded(data, _ANOMALIES)
    except WireError:
        return None
    infos = {text(one.get("key")): named(one.get("value")) for one in found.pop("anomalyInfo", [])}
    whole = named(found.get("datasetAnomalyInfo"))
    drifts = found.get("driftSkewInfo", [])
    if not _is_told([*infos.values(), *([whole] if whole else [])], drifts) or "" in infos:
        return None
    for one in (*infos.values(), whole):
        if isinstance(severity := one.get("severity"), int):
            one["severity"] = _SEVERITIES[severity] if 0 <= severity < len(_SEVERITIES) else str(severity)
    for one in (each for drift in drifts for name in _MEASURES for each in drift.get(name, [])):
        kind = one.get("type", 0)
        one["type"] = _METHODS[kind] if 0 <= kind < len(_METHODS) else str(kind)
    return ({"anomalyInfo": infos} if infos else {}) | found


def _is_told(infos: list[dict[str, Any]], drifts: list[dict[str, Any]]) -> bool:
    """Whether each anomaly says what it is and each drift what was measured, and there is one at all."""
    told = all(one.get("description") or one.get("shortDescription") for one in infos)
    measured = all(any("value" in each for name in _MEASURES for each in one.get(name, [])) for one in drifts)
    return told and measured and bool(infos or drifts)
