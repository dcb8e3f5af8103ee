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
_AFTER = r"(?:[Cc]onnect|[Cc]onnection|[Cc]onnecting) to |[Rr]esolve:? "
_TOLD = re.compile(
    r"lookup ([\w.-]+)(?: on |:)|dial tcp:? (?:lookup )?([\w.-]+)[: ]|host=['\"]([\w.-]+)"
    r"|resolve host(?:name)?:? ['\"]?([\w.-]+)"
    r"|\bENOTFOUND ([\w.-]+)|\bECONNREFUSED ([\w.-]+):|https?://([\w.-]+)|no such host:? ([\w.-]+)"
    rf"|(?:{_AFTER})(?:(?:[A-Za-z]+ ){{0,3}}['\"]([\w.-]+)['\"]"
    r"|([\w-]+(?:\.[\w-]+)+)|([\w-]+)(?::| port |/)\d)"
)
_WORD = re.compile(rf"(?:{_AFTER})([\w-]+)")
_SEPARATOR = re.compile(r"[-_.\s]+")


@dataclass(frozen=True)
class Peers:
    """Names of services and of the places they run.

    Attributes:
        target: int32 by text code: the service code of a peer text, or ``services + text code`` for a stranger.
        by_name: every known name (lower case, one kind of separator) to its service code.
        services: names by service code.
        strangers: names of the others, by target code.
    """

    target: NDArray[np.int32]
    by_name: Mapping[str, int]
    services: Sequence[str]
    strangers: Mapping[int, str]

    def name(self, target: int) -> str:
        """Name of a service or stranger, by target code."""
        return self.services[target] if target < len(self.services) else self.strangers.get(target, "")

    def known(self, text: str) -> int:
        """Service code for an address, host, DNS name or pod name; -1 for a stranger."""
        match = _HOST.match(text.strip())
        if match is None:
            return -1
        host = match[1]
        for name in (text.strip(), host, host.split(".")[0], _rpc_name(host)):
            code = self.by_name.get(_key(name), -1)
            if code >= 0:
                return code
        return -1

    def mentioned(self, text: str, but: int = -1) -> int:
        """The known service that a message names, other than ``but``; -1 for none."""
        said = text[:2000]
        for name in (*_WORD.findall(said), *_NAMED.findall(said)):
            code = self.known(name.strip("."))
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
    strangers: dict[int, str] = {}
    peers = Peers(target, by_name, store.services, strangers)
    by_label: dict[str, int] = {}
    for code in np.flatnonzero(np.bincount(store.spans.peer)).tolist():
        text = store.texts[code]
        known = peers.known(text) if code else -1
        target[code] = known if known >= 0 else by_label.setdefault(_key(host_of(text)), int(target[code]))
    strangers.update((code, host_of(store.texts[code - len(store.services)])) for code in by_label.values())
    return peers


def host_of(text: str) -> str:
    """The host of an address: without scheme, user, port and the cluster's own suffix."""
    match = _HOST.match(text.strip()) if "://" in text else _HOST.fullmatch(text.strip())
    host = match[1] if match is not None else text.strip()
    return host.split(".")[0] if ".svc" in host else _rpc_name(host) or host


def host_in(text: str) -> str:
    """The host that a message of a failed connection names, ``""`` for none.

    Behind "connect to" may stand any word: only quotes, a dot or a port make a host of it.
    """
    match = _TOLD.search(text[:2000])
    return next(filter(None, match.groups())) if match is not None else ""


def _rpc_name(name: str) -> str:
    """The last part of an RPC service's full name (``shop.v1.CartService``), ``""`` for a host name."""
    last = name.rsplit(".", 1)[-1]
    return last if "." in name and last[:1].isupper() else ""


def is_address(text: str) -> bool:
    """Whether a peer's name is a bare IP address."""
    return bool(_NUMBERS.match(text))


def _key(name: str) -> str:
    return _SEPARATOR.sub("-", name.lower())
