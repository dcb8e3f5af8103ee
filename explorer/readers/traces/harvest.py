"""Takes from the attributes of many spans what analysis needs, decoding few of them.

Fills ``code``, ``peer``, ``status``, ``kind`` and the correlation fields of :class:`SpanRows`; how is told in
:mod:`explorer.readers.traces.spots`. Kept from one run of records to the next, so that the same input is read alike
however it is cut.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from explorer.model.builder import Builder
from explorer.model.fields import normalise
from explorer.model.schema import Kind, SpanFlag, Status, is_error_code
from explorer.readers.lenient import text_of
from explorer.readers.picking import Picked, code_of
from explorer.readers.traces.rows import SpanRows
from explorer.readers.traces.spots import Plan, Spot, Way, What, meaning

AGAIN: Final = 127
"""One span in 128 is decoded whole all the same, so that a name that comes late is learned."""

KINDS_MOST: Final = 256
"""Operations of one service that have a plan of their own; what comes after them (ids in names) shares one."""

_REMEMBERED: Final = 4096
_LONGEST: Final = 256
_SHORT: Final = 4
"""Bytes after a needle that mostly hold a whole status code and its end."""

# Plain numbers: looking a member up in its enumeration costs as much as searching a needle.
_WHOLE, _SPOTS = int(Way.WHOLE), int(Way.SPOTS)
_KIND, _STATUS, _CODE, _PEER, _FIELD = map(int, (What.KIND, What.STATUS, What.CODE, What.PEER, What.FIELD))
_UNFIT, _FAILED = 1, 2
_SERVER, _ERROR, _NO_ERROR = int(Kind.SERVER), int(Status.ERROR), 1

Meanings = Mapping[str, What | None]
Decode = Callable[[bytes, Meanings], list[tuple[str, Any]]]
"""Attribute bytes to names and plain values of those attributes that have a meaning."""

Tell = Callable[[int, Picked | None], None]
"""Called with a pending row that has more to tell, and what its attributes told if it failed, else None."""


class Harvest(dict[tuple[int, int], Plan]):
    """Plans by (service, operation); one for each reader and bundle.

    Args:
        builder: its options name the user's id fields.
        decode: decodes the telling attributes of one span.
        own: names that mean something in this format only.
        watch: names that must be looked for in every span, learned or not.
        is_error: what the value of an attribute ``error`` means.
    """

    def __init__(
        self,
        builder: Builder,
        decode: Decode,
        *,
        own: Mapping[str, What] | None = None,
        watch: Sequence[str] = (),
        is_error: Callable[[object], bool] | None = None,
    ) -> None:
        super().__init__()
        self.builder, self.decode = builder, decode
        self.watch = tuple(b'"%b"' % name.encode() for name in watch)
        self.is_error = is_error or is_truthy
        self.id_fields = frozenset(normalise(name) for name in builder.options.id_fields)
        self.meanings = _Meanings(own or {}, self.id_fields)
        self._operations: dict[int, int] = {}

    def __missing__(self, key: tuple[int, int]) -> Plan:
        service = key[0]
        known = self._operations[service] = self._operations.get(service, 0) + 1
        if known > KINDS_MOST and key[1] >= 0:
            plan = self[key] = self[service, -1]
        else:
            plan = self[key] = Plan(self.watch)
        return plan

    def is_id_field(self, name: str) -> bool:
        """Whether the user named this attribute as the correlation id."""
        return bool(self.id_fields) and normalise(name) in self.id_fields

    def gather(
        self, rows: SpanRows, first: int, attributes: Sequence[Any], more: Sequence[object], tell: Tell
    ) -> None:
        """Read the attributes of the pending rows from ``first``.

        Args:
            rows: all columns but those filled here must be complete.
            first: the first row to read.
            attributes: the attributes of each row as JSON (anything that ``bytes`` takes), empty for none.
            more: for each row, whether it has more to tell (events, links).
            tell: called in the order of the rows for those that have more to tell, and for those that failed.
        """
        ordinal = rows.base
        kinds = zip(rows.service[first:], rows.name[first:], strict=True)
        columns = zip(kinds, rows.status[first:], attributes, more, strict=True)
        for at, (key, status, raw, rest) in enumerate(columns, first):
            plan = self[key]
            way = plan.way
            picked = None
            if way == _WHOLE or not (ordinal + at) & AGAIN:
                picked = self._decode(rows, at, plan, bytes(raw), learns=True)
            elif status == _ERROR:
                picked = self._decode(rows, at, plan, bytes(raw), learns=False)
            elif way == _SPOTS:
                data = bytes(raw)
                found = self._read_spots(rows, at, plan, data)
                if found:
                    picked = self._decode(rows, at, plan, data, learns=found == _UNFIT)
            if picked is not None or rest:
                tell(at, picked)

    def _read_spots(self, rows: SpanRows, at: int, plan: Plan, raw: bytes) -> int:  # noqa: C901, PLR0912 - see below
        """Read a span by its kind's spots, and write what they told.

        One flat loop over local variables: it runs for most spans there are, and calls cost more than it does.

        Returns:
            0; or, with nothing written but the kind, that the span failed or that spots do not fit it.
        """
        for name in plan.watch:
            if name in raw:
                return _UNFIT
        code = peer = status = error = 0
        kind = rows.kind[at]
        fields: list[tuple[str, int]] | None = None
        find = raw.find
        for what, spot, needle, size, place, known in plan.searches:
            if what == _PEER and (peer or kind == _SERVER):
                continue
            begin = find(needle, place)
            if begin < 0 and (begin := plan.search_again(spot, raw)) < 0:
                if spot.key in raw:
                    return _UNFIT
                continue
            begin += size
            if what == _CODE:
                value = known.get(raw[begin : begin + _SHORT], -1)
            else:
                value = known.get(raw[begin : find(spot.end, begin)], -1)
            if value < 0 and (value := self._value(spot, raw, begin, known)) < 0:
                return _UNFIT
            if what == _CODE:
                code = value if value > code else code  # noqa: FURB136 - max() is a call
            elif what == _PEER:
                peer = value
            elif what == _FIELD:
                fields = fields or []
                fields.append((spot.name, value))
            elif what == _KIND:
                kind = value or kind
            elif what == _STATUS:
                status = value
            else:
                error = value
        rows.kind[at] = kind
        if _ERROR in (status, error):
            return _FAILED
        if code >= 400 and not (status or error or rows.status[at]) and is_error_code(code, kind):
            return _FAILED
        rows.code[at] = code
        rows.peer[at] = peer
        if status:
            rows.status[at] = status
        if fields:
            for field, value in fields:
                rows.fields.append((rows.base + at, self.builder.texts[field[:200]], value))
        return 0

    def _value(self, spot: Spot, raw: bytes, begin: int, known: dict[bytes, int]) -> int:
        """The number or text code of the value that begins there; -1 where it must be decoded."""
        chunk = raw[begin : raw.find(spot.end, begin)]
        if not chunk or b"\\" in chunk or (spot.what == _FIELD and len(chunk) > _LONGEST):
            return -1
        text = chunk.decode("utf-8", "replace")
        if spot.end != b'"':
            text = text.partition(",")[0].strip()
        value = self._meant(spot, text)
        if spot.what == _CODE:
            chunk = raw[begin : begin + _SHORT] if len(chunk) < _SHORT else b""
        if chunk and spot.what != _FIELD and len(known) < _REMEMBERED:
            known[chunk] = value
        return value

    def _meant(self, spot: Spot, text: str) -> int:
        match spot.what:
            case What.KIND:
                return KINDS.get(text.lower(), 0)
            case What.STATUS:
                return STATUSES.get(text.upper(), 0)
            case What.ERROR:
                return _ERROR if self.is_error(text) else _NO_ERROR
            case What.CODE:
                return code_of(spot.name, text)
            case What.PEER:
                return self.builder.texts[text[:200]]
        return self.builder.texts[text]

    def _decode(self, rows: SpanRows, at: int, plan: Plan, raw: bytes, *, learns: bool) -> Picked | None:
        """Read a span by decoding its telling attributes, and learn from it; None where it did not fail."""
        pairs = self.decode(raw, self.meanings) if raw else []
        telling = [(name, what, value) for name, value in pairs if (what := self.meanings[name]) is not None]
        if learns:
            plan.learn(raw, telling)
        picked = Picked()
        for name, what, value in telling:
            if what is What.FIELD:
                picked.fields.append((name, text_of(value)))
            elif what is What.KIND:
                rows.kind[at] = KINDS.get(text_of(value).lower(), 0)
            elif what is What.STATUS:
                rows.status[at] = rows.status[at] or STATUSES.get(text_of(value).upper(), 0)
            else:
                picked.take(name, value)
        kind = rows.kind[at]
        rows.code[at] = picked.code
        rows.peer[at] = self.builder.texts[picked.peer[:200]] if kind != Kind.SERVER else 0
        self._decide(rows, at, picked)
        for name, text in picked.fields:
            rows.field(at, name, text)
        return picked if rows.status[at] == Status.ERROR else None

    def _decide(self, rows: SpanRows, at: int, picked: Picked) -> None:
        """The status, where it was not said outright: by the error attribute, else by the code."""
        if rows.status[at] != Status.UNSET:
            return
        if picked.error is not None:
            if self.is_error(picked.error):
                rows.status[at] = Status.ERROR
        elif picked.code and is_error_code(picked.code, rows.kind[at]):
            rows.status[at] = Status.ERROR
            rows.flags[at] |= SpanFlag.INFERRED_ERROR


class _Meanings(dict[str, What | None]):
    """What attributes give, by name as written; worked out once for each name."""

    def __init__(self, own: Mapping[str, What], id_fields: frozenset[str]) -> None:
        super().__init__()
        self._own, self._id_fields = own, id_fields

    def __missing__(self, name: str) -> What | None:
        if normalise(name) in self._id_fields:
            what: What | None = What.FIELD
        else:
            what = self._own.get(name) or meaning(name)
        if len(self) < _REMEMBERED:
            self[name] = what
        return what


def is_truthy(value: object) -> bool:
    """Whether an attribute ``error`` says that the span failed: its presence alone does not."""
    return text_of(value).strip().lower() not in {"", "false", "0", "no", "none", "null", "ok"}


KINDS: Final = {
    "internal": 1, "server": 2, "client": 3, "producer": 4, "consumer": 5, "local": 1,
}  # fmt: skip
STATUSES: Final = {"UNSET": 0, "OK": 1, "ERROR": 2, "STATUS_CODE_OK": 1, "STATUS_CODE_ERROR": 2}
