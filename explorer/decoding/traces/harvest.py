"""Takes from the attributes of many spans what analysis needs, decoding few of them.

Fills ``code``, ``peer``, ``status``, ``kind`` and the correlation fields of :class:`SpanRows`; how is told in
:mod:`explorer.decoding.traces.spots`. Kept from one run of records to the next, so that the same input is read
alike however it is cut: within a kind of span, what a span teaches holds for those after it.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, MutableSequence, Sequence
from itertools import chain
from typing import Any, Final

import numpy as np

from explorer.decoding.lenient import text_of
from explorer.decoding.picking import Picked, code_of
from explorer.decoding.traces.rows import SpanRows, packed
from explorer.decoding.traces.spots import Plan, Spot, What, meaning
from explorer.decoding.traces.stretch import Raws, Stretch
from explorer.model.builder import Builder
from explorer.model.fields import normalise
from explorer.model.schema import Kind, SpanFlag, Status, is_error_code

AGAIN: Final = 127
"""One span in 128 is decoded whole all the same, so that a name that comes late is learned."""

KINDS_MOST: Final = 256
"""Operations of one service that have a plan of their own; what comes after them (ids in names) shares one."""

_REMEMBERED: Final = 4096
_LONGEST: Final = 256
_FAULTS: Final = ("err", "exc")
"""How the names of nearly all attributes begin that tell why a span failed; others are learned."""

# Looking a member up in its enumeration costs as much as searching a needle.
_SERVER, _ERROR, _NO_ERROR = int(Kind.SERVER), int(Status.ERROR), 1
_KIND, _STATUS, _FLAG, _FIELD = What.KIND, What.STATUS, What.ERROR, What.FIELD
_FAULT, _MESSAGE = int(What.FAULT), What.MESSAGE
_LEAST_ERROR: Final = 400

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
        self.decode = decode
        self.watch = tuple(b'"%b"' % name.encode() for name in watch)
        self.is_error = is_error or is_truthy
        self.id_fields = frozenset(normalise(name) for name in builder.options.id_fields)
        self.meanings = _Meanings(own or {}, self.id_fields)
        self.fault_marks = frozenset(b'"%b' % start.encode() for start in _FAULTS)
        self._operations: dict[int, int] = {}
        self._spots: dict[bytes, Spot] = {}

    def __missing__(self, key: tuple[int, int]) -> Plan:
        service = key[0]
        known = self._operations[service] = self._operations.get(service, 0) + 1
        if known > KINDS_MOST and key[1] >= 0:
            plan = self[key] = self[service, -1]
        else:
            plan = self[key] = Plan(self.watch, self._spots)
        return plan

    def is_id_field(self, name: str) -> bool:
        """Whether the user named this attribute as the correlation id."""
        return bool(self.id_fields) and normalise(name) in self.id_fields

    def telling(self, raw: bytes) -> list[tuple[str, What, Any]]:
        """Name, meaning and value of the telling attributes of a span."""
        found = []
        for name, value in self.decode(raw, self.meanings) if raw else ():
            what = self.meanings[name]
            if what is not None:
                found.append((name, what, value))
                if what >= _FAULT and not name.startswith(_FAULTS):
                    self.fault_marks |= {b'"%b"' % name.encode("utf-8", "replace")}
        return found

    def is_rare(self, what: What, value: object) -> bool:
        """Whether an attribute is better watched for than learned: errors are absent from the spans that follow."""
        if what is _STATUS:
            return STATUSES.get(text_of(value).upper()) == _ERROR
        return what is _FLAG and bool(self.watch) and self.is_error(value)

    def gather(
        self,
        rows: SpanRows,
        first: int,
        attributes: Sequence[Any],
        peers: Sequence[str],
        more: Iterable[int],
        tell: Tell,
    ) -> None:
        """Read the attributes of the pending rows from ``first``.

        Args:
            rows: all columns but those filled here must be complete.
            first: the first row to read.
            attributes: the attributes of each row as JSON (anything that ``bytes`` takes), empty for none.
            peers: for each row, a remote side that wins over the attributes; or nothing at all.
            more: the rows that have more to tell (events, links).
            tell: called in the order of the rows for those that have more to tell, and for those that failed.
        """
        reading = _Reading(self, rows, first, attributes)
        reading.read(self._by_plan(rows, first))
        if any(peers):
            reading.peers = [said or read for said, read in zip(peers, reading.peers, strict=True)]
        for at in more:
            reading.told.setdefault(at, None)
        reading.write(tell)

    def _by_plan(self, rows: SpanRows, first: int) -> dict[Plan, list[int]]:
        """The rows of each kind of span, kinds in order of first appearance."""
        key = np.array(rows.service[first:], np.int64) << 32 | packed("q", rows.name[first:])
        order = np.argsort(key, kind="stable")
        ordered = key[order]
        begins = np.concatenate(([0], np.flatnonzero(ordered[1:] != ordered[:-1]) + 1))
        keys, cuts = ordered[begins].tolist(), [*begins.tolist(), len(key)]
        rows_of = (order + first).tolist()
        kinds: dict[Plan, list[int]] = {}
        for i in np.argsort(order[begins]).tolist():
            plan, ats = self[keys[i] >> 32, keys[i] & 0xFFFFFFFF], rows_of[cuts[i] : cuts[i + 1]]
            kinds[plan] = sorted(kinds[plan] + ats) if plan in kinds else ats
        return kinds


class _Reading:
    """One round: what was found waits here, to be written in the order of the rows (texts get codes by it)."""

    def __init__(self, harvest: Harvest, rows: SpanRows, first: int, attributes: Sequence[Any]) -> None:
        self.harvest, self.rows, self.first, self.attributes = harvest, rows, first, attributes
        self.peers = [""] * len(attributes)
        self.fields: dict[int, list[tuple[str, str]]] = {}
        self.told: dict[int, Picked | None] = {}
        self.inferred: set[int] = set()
        said = rows.status[first:]
        failed = [at for at, status in enumerate(said, first) if status == _ERROR] if _ERROR in said else ()
        self.singled = {*failed, *range(-rows.base % (AGAIN + 1), len(rows), AGAIN + 1)}

    def read(self, kinds: dict[Plan, list[int]]) -> None:
        """Read the rows of each kind, within a kind in their order."""
        while kinds:
            alike: dict[tuple[object, ...], dict[Plan, list[int]]] = {}
            for plan, ats in kinds.items():
                begin = 0
                while plan.whole and begin < len(ats):
                    self._decode(plan, ats[begin])
                    begin += 1
                if begin < len(ats):
                    alike.setdefault(plan.signature, {})[plan] = ats[begin:] if begin else ats
            kinds = {}
            for family in alike.values():
                quiet = next(iter(family)).quiet
                kinds |= self._read_quiet(family) if quiet else self._read_stretch(family)

    def write(self, tell: Tell) -> None:
        """Write what was found, and have the rest told."""
        rows, texts, first = self.rows, self.rows.builder.texts, self.first
        done = 0
        peers = self.peers if any(self.peers) else ()
        for at in sorted({*self.fields, *self.told}):
            for i, peer in enumerate(peers[done : at + 1 - first], first + done):
                rows.peer[i] = texts[peer]
            done = at + 1 - first
            for name, text in self.fields.get(at, ()):
                rows.field(at, name, text)
            if at in self.told:
                tell(at, self.told[at])
        for i, peer in enumerate(peers[done:], first + done):
            rows.peer[i] = texts[peer]

    def _read_quiet(self, family: dict[Plan, list[int]]) -> dict[Plan, list[int]]:
        """Only spans that failed, and one in many; returns the rows after one from which their kind learned."""
        singled: list[int] = []
        for ats in family.values():
            singled += self.singled.intersection(ats)
        return self._decode_some(sorted(singled), family)

    def _read_stretch(self, family: dict[Plan, list[int]]) -> dict[Plan, list[int]]:
        """By the spots; returns the rows after one from which their kind learned."""
        first, attributes, kinds = self.first, self.attributes, self.rows.kind
        part: Sequence[int] = range(first, len(kinds))
        if sum(map(len, family.values())) < len(part):  # mostly all are read alike
            part = sorted(chain.from_iterable(family.values()))
            attributes = [attributes[at - first] for at in part]
        stretch = Stretch(next(iter(family)), Raws(attributes), [kinds[at] for at in part], self._meant)
        self._accept(stretch, part)
        whole = {part[i] for i in stretch.unfit}
        for at in {*self._failed(stretch, part), *self.singled.intersection(part)} - whole:
            if not (self.rows.base + at) & AGAIN or not self._fail(stretch, bisect_left(part, at), at):
                whole.add(at)
        return self._decode_some(sorted(whole), family)

    def _decode_some(self, some: list[int], family: dict[Plan, list[int]]) -> dict[Plan, list[int]]:
        """Decode rows, each kind only up to one from which it learned; returns its rows after that."""
        again: dict[Plan, list[int]] = {}
        service, name = self.rows.service, self.rows.name
        for at in some:
            plan = self.harvest[service[at], name[at]]
            if plan not in again:
                version = plan.version
                self._decode(plan, at)
                if plan.version != version:
                    again[plan] = family[plan][bisect_right(family[plan], at) :]
        for ats in again.values():
            self._forget(ats)
        return again

    def _accept(self, stretch: Stretch, part: Sequence[int]) -> None:
        """Write what spots told, of all spans: those to be decoded are written again."""
        rows = self.rows
        if stretch.code:
            _put(rows.code, part, array("h", stretch.code))
        if stretch.told_kind:
            _put(rows.kind, part, stretch.kind)
        if any(stretch.status):
            said = [rows.status[at] or status for at, status in zip(part, stretch.status, strict=True)]
            _put(rows.status, part, said)
        peers, first = self.peers, self.first
        for at, peer in zip(part, stretch.peer, strict=False):
            peers[at - first] = peer
        for i, name, text in stretch.fields:
            self.fields.setdefault(part[i], []).append((name, text))

    def _forget(self, part: list[int]) -> None:
        """Take back what was found of spans that will be read again."""
        for at in part:
            self.peers[at - self.first] = ""
            self.fields.pop(at, None)
            self.told.pop(at, None)
            if at in self.inferred:
                self.inferred.remove(at)
                self.rows.status[at] = 0
                self.rows.flags[at] &= ~SpanFlag.INFERRED_ERROR

    def _failed(self, stretch: Stretch, part: Sequence[int]) -> list[int]:
        """Rows of the spans that failed by a tag, or by the code where nothing is said outright."""
        found = [at for at, error in zip(part, stretch.error, strict=False) if error == _ERROR]
        if stretch.code and max(stretch.code) >= _LEAST_ERROR:
            status, error = self.rows.status, stretch.error or [0] * len(part)
            found += [
                at
                for i, (at, code) in enumerate(zip(part, stretch.code, strict=True))
                if code >= _LEAST_ERROR
                and not (status[at] or error[i])
                and is_error_code(code, stretch.kind[i])
            ]
        return found

    def _fail(self, stretch: Stretch, i: int, at: int) -> bool:
        """Note a failed span; False where its attributes may tell why, so must be decoded."""
        for mark in self.harvest.fault_marks:
            if stretch.raws.find(mark, i) >= 0:
                return False
        if self.rows.status[at] != _ERROR:
            self.rows.status[at] = _ERROR
            self.rows.flags[at] |= SpanFlag.INFERRED_ERROR
            self.inferred.add(at)
        picked = self.told[at] = Picked()
        picked.code = stretch.code[i] if stretch.code else 0
        return True

    def _meant(self, spot: Spot, text: str) -> Any:
        match spot.what:
            case What.KIND:
                return KINDS.get(text.lower(), 0)
            case What.STATUS:
                return STATUSES.get(text.upper(), 0)
            case What.ERROR:
                return _ERROR if self.harvest.is_error(text) else _NO_ERROR
            case What.CODE:
                return code_of(spot.name, text)
        return text

    def _decode(self, plan: Plan, at: int) -> None:
        """Read a span by decoding its telling attributes, and learn from it."""
        rows, harvest = self.rows, self.harvest
        raw = bytes(self.attributes[at - self.first])
        telling = harvest.telling(raw)
        plan.learn(raw, [one for one in telling if not harvest.is_rare(one[1], one[2])])
        if not telling:
            rows.code[at] = 0
            self._forget([at])
            if rows.status[at] == _ERROR:
                self.told[at] = Picked()
            return
        picked = Picked()
        for name, what, value in telling:
            if what is _FIELD:
                picked.fields += ((name, text_of(value)),)
            elif what is _KIND:
                rows.kind[at] = KINDS.get(text_of(value).lower(), 0)
            elif what is _STATUS:
                rows.status[at] = rows.status[at] or STATUSES.get(text_of(value).upper(), 0)
            elif what is _MESSAGE:
                picked.message = text_of(value)
            else:
                picked.take(name, value)
        rows.code[at] = picked.code
        self._decide(at, picked)
        self._forget([at])
        if picked.peer and rows.kind[at] != _SERVER:
            self.peers[at - self.first] = picked.peer[:_LONGEST]
        if picked.fields:
            self.fields[at] = list(picked.fields)
        if rows.status[at] == _ERROR:
            self.told[at] = picked

    def _decide(self, at: int, picked: Picked) -> None:
        """The status, where it was not said outright: by the error attribute, else by the code."""
        rows = self.rows
        if rows.status[at]:
            return
        if picked.error is not None:
            if self.harvest.is_error(picked.error):
                rows.status[at] = _ERROR
        elif picked.code and is_error_code(picked.code, rows.kind[at]):
            rows.status[at] = _ERROR
            rows.flags[at] |= SpanFlag.INFERRED_ERROR


def _put(column: MutableSequence[int], part: Sequence[int], values: MutableSequence[int]) -> None:
    """Set a column where the rows ``part`` stand."""
    if isinstance(part, range):
        column[part.start : part.stop] = values
    else:
        for at, value in zip(part, values, strict=True):
            column[at] = value


class _Meanings(dict[str, What | None]):
    """What attributes give, by name as written; worked out once for each name."""

    def __init__(self, own: Mapping[str, What], id_fields: frozenset[str]) -> None:
        super().__init__()
        self._own, self._id_fields = own, id_fields

    def __missing__(self, name: str) -> What | None:
        if normalise(name) in self._id_fields:
            what: What | None = What.FIELD
        else:
            what = self._own[name] if name in self._own else meaning(name)
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
