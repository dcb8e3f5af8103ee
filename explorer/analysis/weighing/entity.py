"""What is at fault: a service, one pod of it, a stranger, the client."""

from __future__ import annotations

from collections import Counter

import numpy as np

from explorer.analysis.facts import Facts
from explorer.analysis.results import Entity
from explorer.analysis.weighing.grouping import Group

_FEWEST = 3


def entity_of(facts: Facts, group: Group) -> Entity:
    """The entity of a cause."""
    blame = group.first.explained.blame
    if group.fault.hypothesis == "client":
        return Entity("client", "client")
    pod = one_pod(facts, group)
    if pod:
        return Entity("pod", pod)
    if facts.peers.known(group.service) < 0 and not blame.known:
        return Entity("external", group.service)
    return Entity("service", group.service)


def one_pod(facts: Facts, group: Group) -> str:
    """The pod on which every id of the group failed, where the service also runs on others; ``""`` for none."""
    store = facts.store
    rows = [account.path[0].row for account in group.accounts if account.path[0].row >= 0]
    pods = Counter(store.resources[store.spans.resource[row]].pod for row in rows)
    if len(rows) < _FEWEST or len(pods) != 1 or "" in pods:
        return ""
    service = int(store.spans.service[rows[0]])
    used = np.unique(store.spans.resource[store.spans.service == service]).tolist()
    others = {store.resources[resource].pod for resource in used} - set(pods) - {""}
    return next(iter(pods)) if others else ""
