"""What the place of a log file tells: Kubernetes and Docker name their log files by pod and container.

Layouts: ``/var/log/pods/<namespace>_<pod>_<uid>/<container>/<n>.log``,
``/var/log/containers/<pod>_<namespace>_<container>-<64 hex>.log`` (kubelet),
``cluster-resources/pods/logs/<namespace>/<pod>/<container>.log`` (troubleshoot.sh),
``namespaces/<namespace>/pods/<pod>/<container>/<container>/logs/current.log`` (oc adm inspect, must-gather),
``<namespace>/<pod>/logs.txt`` (kubectl cluster-info dump),
and folders named ``pods`` or ``containers`` with a file or folder a pod. Files of one process of a training job
name its rank.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from explorer.model.ranks import rank_name, rank_of_name
from explorer.model.records import Resource

_POD_FOLDER: Final = re.compile(r"(?:^|/)([a-z0-9-]+)_([a-z0-9.-]+)_[0-9a-f-]{32,36}/([a-z0-9-]+)/[^/]+$")
_CONTAINER_FILE: Final = re.compile(r"(?:^|/)([a-z0-9.-]+)_([a-z0-9-]+)_([a-z0-9-]+)-[0-9a-f]{64}\.log")
_TROUBLESHOOT: Final = re.compile(r"(?:^|/)pods/logs/([^/]+)/([^/]+)/([^/]+?)(?:-previous)?\.log")
_INSPECTED: Final = re.compile(r"(?:^|/)namespaces/([^/]+)/pods/([^/]+)/([^/]+)/(?:[^/]+/)?logs/[^/]+\.log")
_DUMPED: Final = re.compile(r"(?:^|/)([a-z0-9-]+)/([a-z0-9.-]+)/logs\.txt$")
_PODS: Final = re.compile(r"(?:^|/)(?:pods|containers|services)/(?:[^/]+/)*?([^/]+)$", re.IGNORECASE)
_ENDING: Final = re.compile(
    r"(?:[._-]\d{4}-\d\d-\d\d(?:[T_-]\d+)*|\.(?:log|txt|out|json|jsonl|gz|zst|xz|bz2|\d{1,8})|-json)+$"
)
_HASHES: Final = re.compile(
    r"-(?:[bcdf-hj-np-tv-z2456789]{8,10}-[bcdf-hj-np-tv-z2456789]{5}|[a-f0-9]{12,64})$"
)
_STATEFUL: Final = re.compile(r"-\d{1,3}$")
_ONLY_ID: Final = re.compile(r"[0-9a-f]{12,64}$")


def origin_of(name: str) -> Resource:
    """What the name of a member tells; an empty resource where it tells nothing.

    Args:
        name: display name of the member, folders with ``/``; members of archives behind ``!`` or ``/``.
    """
    found, rank = _place_of(name), rank_of_name(name)
    return replace(found, instance=rank_name(rank)) if rank else found


def _place_of(name: str) -> Resource:
    path = name.replace("\\", "/").replace("!", "/")
    if match := _POD_FOLDER.search(path):
        return _resource(match[1], match[2], match[3])
    if match := _CONTAINER_FILE.search(path):
        return _resource(match[2], match[1], match[3])
    if match := _TROUBLESHOOT.search(path):
        return _resource(match[1], match[2], match[3])
    if match := _INSPECTED.search(path):
        return _resource(match[1], match[2], match[3])
    if (match := _DUMPED.search(path)) and workload_of(match[2]) != match[2]:
        return _resource(match[1], match[2], "")
    if match := _PODS.search(path):
        stem = _ENDING.sub("", match[1])
        if stem and not _ONLY_ID.match(stem):
            return Resource(service=workload_of(stem), pod=stem if workload_of(stem) != stem else "")
    return Resource()


def is_container_log(name: str) -> bool:
    """Whether a file lies where runtimes and support bundles keep what containers print, whatever that is."""
    return name.endswith((".log", ".txt")) and bool(origin_of(name).container)


def workload_of(pod: str) -> str:
    """The name of what runs in a pod: its name without the hashes of Deployments or the number of a StatefulSet."""
    short = _HASHES.sub("", pod)
    return short if short != pod else _STATEFUL.sub("", pod) or pod


def _resource(namespace: str, pod: str, container: str) -> Resource:
    return Resource(service=workload_of(pod), namespace=namespace, pod=pod, container=container)
