"""What runs: the pods of each service with their host, version and image."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass
from functools import cache

from tests.incident.moments import ROLLOUT

MODEL_CLOCK_AHEAD_US = 12_000
"""The hosts of model-server are that far ahead of all others."""


@dataclass(frozen=True, slots=True)
class Pod:
    """One pod of a service; ``ahead_us`` is what its clock shows too much."""

    service: str
    name: str
    ip: str
    host: str
    version: str
    language: str
    ahead_us: int = 0

    @property
    def digest(self) -> str:
        """Digest of its image."""
        return "sha256:" + hashlib.sha256(f"{self.service}:{self.version}".encode()).hexdigest()

    @property
    def commit(self) -> str:
        """Commit its image was built of."""
        return hashlib.sha1(f"{self.service}@{self.version}".encode(), usedforsecurity=False).hexdigest()

    @property
    def uid(self) -> str:
        """Kubernetes' uid of the pod."""
        text = hashlib.md5(self.name.encode(), usedforsecurity=False).hexdigest()
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-9{text[17:20]}-{text[20:]}"


_FLEET = {
    "edge-gateway": ("go", "2.31.0", "7f9c8d6b5-x2kqz 7f9c8d6b5-m8r4t"),
    "auth": ("java", "5.4.2", "5d8f7c9b64-q7w2n"),
    "ranking-api": ("python", "8.2.1", "6b7c9f8d54-4tqzx 6b7c9f8d54-9vkfd"),
    "feature-store": ("python", "4.11.3", "58c4d7f6b9-h5xlr 58c4d7f6b9-zp2wm 58c4d7f6b9-t6dnc"),
    "feature-store-new": ("python", "4.12.0", "6c9f7b5d8-x2k4v 6c9f7b5d8-n7qbl 6c9f7b5d8-d4s8g"),
    "model-server": ("cpp", "24.09", "0 1 2"),
    "model-server-canary": ("cpp", "24.09", "0"),
    "post-processor": ("python", "3.7.0", "76c8d9df4-jwhsg"),
    "popular-items": ("go", "1.18.4", "84f6b7d95c-r9mtk"),
    "catalog": ("go", "6.0.9", "5b4c6d7f88-l2vxs"),
    "impression-log": ("java", "2.9.0", "7c5d9b8f46-w8zpj"),
    "score-auditor": ("java", "1.3.5", "6f8b5c7d9-k4hqn"),
}


@cache
def pods(group: str) -> tuple[Pod, ...]:
    """The pods of a service, or of a part of it (``feature-store-new``, ``model-server-canary``)."""
    language, version, names = _FLEET[group]
    service = group.removesuffix("-new").removesuffix("-canary")
    prefix = service if group.endswith("-new") else group
    row = list(_FLEET).index(group)
    gpu = service == "model-server"
    return tuple(
        Pod(service, f"{prefix}-{name}", f"10.4.{row + 2}.{17 + 9 * nth}",
            f"gpu-a10-{nth + 1}" if gpu else f"node-{(row + nth) % 4 + 1}", version, language,
            MODEL_CLOCK_AHEAD_US if gpu else 0)
        for nth, name in enumerate(names.split())
    )  # fmt: skip


def pod_of(rng: random.Random, service: str) -> Pod:
    """Any pod of a service."""
    choices = pods(service)
    return choices[int(rng.random() * len(choices))]


def feature_store_pod(rng: random.Random, time_us: int, *, new: bool) -> Pod:
    """A pod of feature-store while the new version replaces the old one; ``new`` asks for the new one."""
    replaced = sum(time_us >= step for step in ROLLOUT)
    nth = int(rng.random() * (replaced if new else 3))
    return pods("feature-store-new")[nth] if nth < replaced else pods("feature-store")[nth]
