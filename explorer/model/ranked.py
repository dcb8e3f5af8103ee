"""Processes of training jobs: named by a field of their logs, or told by what they write.

A field ``rank`` may be anything else than a process too, the place of a search result say. So it counts only where
lines that have it speak of distributed training in other words as well. A process that no line gives a rank trains
a model where it states the loss at a step again and again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from explorer.model.builder import Builder
from explorer.model.columns import AnyArray
from explorer.model.fields import Role, normalise, role
from explorer.model.ranks import rank_name, rank_of_instance
from explorer.model.raw import ChangedError, RawBytes
from explorer.model.records import Resource
from explorer.model.store import Logs

Table = dict[str, AnyArray]

_LOOKED_AT: Final = 400
_LONGEST: Final = 1 << 13
_MORE_THAN_RANK: Final = re.compile(r"global|world|local|distributed|process")
_OF_TRAINING: Final = re.compile(
    rb"world[_ ]?size|(?:local|global)[_ ]?rank"
    rb"|\b[nrh]ccl\b|\bgloo\b|all[_ -]?reduce|all[_ -]?gather|reduce[_ -]?scatter"
    rb"|horovod|deepspeed|megatron|torchrun|torch\.distributed|process[_ ]group"
    rb"|\b(?:\w+[_ /])?(?:loss|grad(?:ient)?[_ ]?norm|learning[_ ]rate)\b[\\\"'\s:=]{1,6}[-+]?(?:\d|nan|inf)"
    rb"|\bepoch\b[\\\"'\s:=]{1,6}\d{1,5}\b",
    re.IGNORECASE,
)

_STEP: Final = re.compile(
    rb"\b(?:global[_ ]?)?(?:steps?|iter(?:ation)?s?|batch(?:_idx)?|epoch)\b[^a-z\d]{1,8}\d|\d/\d",
    re.IGNORECASE,
)
_LOSS: Final = re.compile(
    rb"(?:\b|_)(?<!packet[ _])loss\b[\\\"'\s:=]{1,6}(?:tensor\()?[-+]?(?:\d|nan|inf)", re.IGNORECASE
)
_MOST_SOURCES: Final = 64
_OF_A_SOURCE: Final = 32
_FEWEST_STEPS: Final = 3


def with_ranks(builder: Builder, logs: Logs, fields: Table, raw: RawBytes) -> Logs:
    """The logs, with the rank that a field of theirs tells as the instance they come from."""
    texts = builder.texts.table()
    names = [code for code in np.unique(fields["field"]).tolist() if role(texts[code]) is Role.RANK]
    plain = [code for code in names if not _MORE_THAN_RANK.search(normalise(texts[code]))]
    at = np.flatnonzero(np.isin(fields["field"], plain))
    documents = builder.documents.arrays() if len(at) else {}
    if not _speak_of_training(_lines(documents, logs, np.unique(fields["row"][at]), raw)):
        names = [code for code in names if code not in plain]
    resource = logs.resource.copy()
    # A number within a host is not one within the job.
    for local in (True, False):
        chosen = [code for code in names if ("local" in normalise(texts[code])) is local]
        at = np.flatnonzero(np.isin(fields["field"], chosen))
        rows = fields["row"][at]
        pairs, of = np.unique(np.stack((resource[rows], fields["value"][at])), axis=1, return_inverse=True)
        told = [_told(builder, code, texts[value]) for code, value in pairs.T.tolist()]
        resource[rows] = np.array(told, np.int32)[of.ravel()]
    return replace(logs, resource=resource) if names else logs


def trainers(
    logs: Logs, asked: NDArray[np.int64], documents: Mapping[str, AnyArray], raw: RawBytes
) -> NDArray[np.int64]:
    """For each of some log rows, the number of the process that trains a model and wrote it; -1 where none did.

    A process is what one file holds of one resource.
    """
    source = documents["file"][logs.doc[asked]].astype(np.int64) << 32 | logs.resource[asked]
    names, of = np.unique(source, return_inverse=True)
    number = np.full(len(names), -1, np.int64)
    for at in range(len(names) if len(names) <= _MOST_SOURCES else 0):
        rows = asked[of == at]
        rows = rows[:: max(1, -(-len(rows) // _OF_A_SOURCE))]
        if _states_losses(_lines(documents, logs, rows, raw)):
            number[at] = number.max() + 1
    return number[of]


def _told(builder: Builder, code: int, rank: str) -> int:
    """The resource of what a resource and a rank say together."""
    one: Resource = builder.resources[code]
    if not (rank.isdigit() and len(rank) < 7):
        return code
    other = "" if rank_of_instance(one.instance) >= 0 else one.instance
    return builder.resource_value(replace(one, instance=f"{rank_name(rank)} {other}".rstrip()))


def _lines(
    documents: Mapping[str, AnyArray], logs: Logs, rows: NDArray[np.int64], raw: RawBytes
) -> Iterator[bytes]:
    """The bytes of some of the lines, the first ones and evenly taken of the others."""
    first, rest = rows[: _LOOKED_AT // 4], rows[_LOOKED_AT // 4 :]
    for row in (*first.tolist(), *rest[:: max(1, -(-len(rest) // _LOOKED_AT))].tolist()):
        doc, length = int(logs.doc[row]), int(logs.length[row])
        offset = int(documents["offset"][doc]) + (int(logs.index[row]) if length else 0)
        length = length or int(documents["length"][doc])
        yield raw.read(int(documents["file"][doc]), offset, min(length, _LONGEST))


def _speak_of_training(lines: Iterator[bytes]) -> bool:
    try:
        return any(_OF_TRAINING.search(line) for line in lines)
    except ChangedError:
        return False


def _states_losses(lines: Iterator[bytes]) -> bool:
    try:
        return sum(bool(_LOSS.search(line) and _STEP.search(line)) for line in lines) >= _FEWEST_STEPS
    except ChangedError:
        return False
