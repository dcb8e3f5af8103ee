"""Who the remote side of a call is, when it left no span: a known service by any of its names, or a stranger."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.model.store import Store

_HOST = re.compile(r"(?:[a-z][a-z0-9+.-]*://)?(?:[^@/\s]*@)?([A-Za-z0-9_.-]+)(?::\d{2,5})?")
_NUMBERS = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}\Z|[0-9a-fA-F:]*:[0-9a-fA-F:]+\Z")
_NAMED = re.compile(r"[A-Za-z0-9_.-]{3,}")
_AFTER = r"(?:[Cc]onnect|[Cc]onnection|[Cc]onnecting) to |[Rr]esolve:? "
_CALLING = r"\b(?:[Cc]alls?|[Cc]alling|[Rr]equests?|RPC) to "
_TOLD = re.compile(
    r"lookup ([\w.-]+)(?: on |:)|dial tcp:? (?:lookup )?([\w.-]+)[: ]|host=['\"]([\w.-]+)"
    r"|resolve host(?:name)?:? ['\"]?([\w.-]+)"
    r"|\bENOTFOUND ([\w.-]+)|\bECONNREFUSED ([\w.-]+):|https?://([\w.-]+)|no such host:? ([\w.-]+)"
    rf"|(?:{_AFTER})(?:(?:[A-Za-z]+ ){{0,3}}['\"]([\w.-]+)['\"]"
    r"|([\w-]+(?:\.[\w-]+)+)|([\w-]+)(?::| port |/)\d)"
)
_CALLED = re.compile(
    rf"{_CALLING}['\"]?([a-z]\w*(?:-\w+)+)['\"]? (?:has |have )?(?:fail|timed out|return|end)"
)
_WORD = re.compile(rf"(?:{_AFTER}|{_CALLING})([\w-]+)")
_ORDINARY = re.compile(r"[a-z]{3,12}(?<!service)(?<!svc)(?<!api)(?<!db)")
"""A name that may as well be a word of the sentence: it counts where the sentence speaks of a callee there."""
_CALLEE_NEXT = re.compile(
    r"(?:(?:sen[dt]|talk|forward|rout|prox|publish|connect|request|call|rpc|access)\w* to"
    r"|(?:error|response|answer|repl|fail|status|time|exception|reset|refus|clos|reject|5\d\d|code)\w*[^\w]+"
    r"(?:\w+ ){0,2}?(?:from|by|of|in|on)|call(?:ing|ed)?|contact(?:ing)?|reach(?:ing)?|invok(?:e|ing)|quer(?:y|ying)"
    r"|upstream|backend|downstream|dependency|service|host(?:name)?|peer|server|target|lookup|cluster|breaker|resolve"
    r"|https?:/|@)[\s:=/]*[\"'`(\[]*\Z",
    re.IGNORECASE,
)
_CALLEE_BEFORE = re.compile(
    r"[\"'`]?\)?(?::\d| (?:service\b|(?:is|was|are|has|did|does|do|could|can) ?not\b|(?:is |was )?(?:currently )?"
    r"(?:down|unavailable|unreachable|open|dead|offline|overloaded)|timed out|refused|returned|respond|answer"
    r"|5\d\d\b))",
    re.IGNORECASE,
)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
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
        names = (text.strip(), host, host.split(".")[0], _rpc_name(host))
        # Code names in humps what is deployed under a name with dashes.
        keys = (key for name in names for key in (_key(name), _key(_HUMP.sub("-", name))))
        return next((self.by_name[key] for key in keys if key in self.by_name), -1)

    def mentioned(self, text: str, but: int = -1) -> int:
        """The known service that a message names, other than ``but``; -1 for none."""
        return next((code for code, _ in self._named(text[:2000]) if code != but), -1)

    def called(self, text: str, but: int = -1) -> int:
        """The known service, other than ``but``, that a message names as one that was called; -1 for none."""
        said = text[:2000]
        found = (
            code for code, (begin, end) in self._named(said) if code != but and _is_callee(said, begin, end)
        )
        return next(found, -1)

    def _named(self, said: str) -> Iterator[tuple[int, tuple[int, int]]]:
        """The known services that a text names, and where."""
        for found in (*_WORD.finditer(said), *_NAMED.finditer(said)):
            code = self.known(found[found.re.groups].strip("."))
            if code >= 0:
                yield code, found.span(found.re.groups)


def _is_callee(said: str, begin: int, end: int) -> bool:
    """Whether a service's name in a sentence is meant as one: "the order failed" speaks of no service ``order``."""
    if not _ORDINARY.fullmatch(said, begin, end):
        return True
    before = said[max(0, begin - 60) : begin]
    alone = not before.strip() or before.rstrip().endswith(":")
    if alone and said.startswith(":", end):
        return True
    return bool(_CALLEE_NEXT.search(before) or _CALLEE_BEFORE.match(said, end))


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


def called_in(text: str) -> str:
    """The name that a message of a failed call gives to whom was called (``call to ward-svc failed``), ``""`` for none.

    A plain word may be anything there: a function, the server.
    """
    match = _CALLED.search(text[:2000])
    return match[1] if match is not None else ""


def _rpc_name(name: str) -> str:
    """The last part of an RPC service's full name (``shop.v1.CartService``), ``""`` for a host name."""
    last = name.rsplit(".", 1)[-1]
    return last if "." in name and last[:1].isupper() else ""


def is_address(text: str) -> bool:
    """Whether a peer's name is a bare IP address."""
    return bool(_NUMBERS.match(text))


def _key(name: str) -> str:
    return _SEPARATOR.sub("-", name.lower())
