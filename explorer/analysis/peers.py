"""Who the remote side of a call is, when it left no span: a known service by any of its names, or a stranger."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.model.store import Store

_HOST = re.compile(r"(?:[a-z][a-z0-9+.-]*://)?(?:[^@/\s]*@)?([A-Za-z0-9_.-]+)(?::\d{2,5})?")
_NUMBERS = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}\Z|[0-9a-fA-F:]*:[0-9a-fA-F:]+\Z")
_NAMED = re.compile(r"[A-Za-z0-9_.-]{3,}")
_SEPARATOR = re.compile(r"[-_.\s]+")


@dataclass(frozen=True)
class Peers:
    """Names of services and of the places they run.

    Attributes:
        target: int32 by text code: the service code of a peer text, or ``services + text code`` for a stranger.
        by_name: every known name (lower case, one kind of separator) to its service code.
        services: names by service code.
    """

    target: NDArray[np.int32]
    by_name: Mapping[str, int]
    services: Sequence[str]

    def known(self, text: str) -> int:
        """Service code for an address, host, DNS name or pod name; -1 for a stranger."""
        match = _HOST.match(text.strip())
        if match is None:
            return -1
        host = match[1]
        for name in (text.strip(), host, host.split(".")[0]):
            code = self.by_name.get(_key(name), -1)
            if code >= 0:
                return code
        return -1

    def mentioned(self, text: str, but: int = -1) -> int:
        """The known service that a message names, other than ``but``; -1 for none."""
        for match in _NAMED.finditer(text[:2000]):
            code = self.known(match[0].strip("."))
            if code >= 0 and code != but:
                return code
        return -1


def find_peers(store: Store) -> Peers:
    """Names under which the services of the bundle may be called."""
    by_name: dict[str, int] = {}
    codes = {name: code for code, name in enumerate(store.services) if name}
    places: dict[str, set[int]] = {}
    for resource in store.resources:
        code = codes.get(resource.service, -1)
        for place in (resource.pod, resource.host, resource.instance, resource.container):
            if code >= 0 and place:
                places.setdefault(_key(place), set()).add(code)
    by_name.update((place, next(iter(found))) for place, found in places.items() if len(found) == 1)
    by_name.update((_key(name), code) for name, code in codes.items())
    target = np.arange(len(store.texts), dtype=np.int32) + len(store.services)
    peers = Peers(target, by_name, store.services)
    for code in np.unique(store.spans.peer).tolist():
        known = peers.known(store.texts[code]) if code else -1
        if known >= 0:
            target[code] = known
    return peers


def is_address(text: str) -> bool:
    """Whether a peer's name is a bare IP address."""
    return bool(_NUMBERS.match(text))


def _key(name: str) -> str:
    return _SEPARATOR.sub("-", name.lower())
