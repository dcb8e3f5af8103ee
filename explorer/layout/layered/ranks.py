"""The column of each node: cycles broken by depth-first search, then longest paths, then tightened."""

from __future__ import annotations

from collections.abc import Sequence

Edge = tuple[int, int]

_TIGHTENINGS = 3  # passes; more hardly ever move anything


def backward(count: int, edges: Sequence[Edge]) -> list[bool]:
    """Which edges to turn round so that no cycle is left.

    Depth first, from nodes that nothing calls, then from the others in their order; an edge that leads
    back to a node still being visited closes a cycle. Self loops are left alone.
    """
    out: list[list[int]] = [[] for _ in range(count)]
    called = [False] * count
    for index, (tail, head) in enumerate(edges):
        if tail != head:
            out[tail].append(index)
            called[head] = True
    turned = [False] * len(edges)
    state = bytearray(count)  # 0 not seen, 1 being visited, 2 done
    for start in sorted(range(count), key=called.__getitem__):
        if not state[start]:
            _visit(start, edges, out, state, turned)
    return turned


def _visit(
    start: int, edges: Sequence[Edge], out: list[list[int]], state: bytearray, turned: list[bool]
) -> None:
    state[start] = 1
    stack = [(start, iter(out[start]))]
    while stack:
        node, rest = stack[-1]
        for index in rest:
            head = edges[index][1]
            if state[head] == 0:
                state[head] = 1
                stack.append((head, iter(out[head])))
                break
            turned[index] = state[head] == 1
        else:
            state[node] = 2
            stack.pop()


def ranks(count: int, edges: Sequence[Edge]) -> list[int]:
    """The layer of each node of an acyclic graph: behind all its callers, yet as near to them as can be.

    Longest path from the sources; then nodes with more edges on one side are drawn to that side, which
    shortens edges (a job that calls one database stands beside it, not at the far left).
    """
    after: list[list[int]] = [[] for _ in range(count)]
    before: list[list[int]] = [[] for _ in range(count)]
    for tail, head in edges:
        after[tail].append(head)
        before[head].append(tail)
    queue = [node for node in range(count) if not before[node]]
    waiting = [len(callers) for callers in before]
    layer = [0] * count
    for node in queue:
        for head in after[node]:
            layer[head] = max(layer[head], layer[node] + 1)
            waiting[head] -= 1
            if not waiting[head]:
                queue.append(head)
    for _ in range(_TIGHTENINGS):
        for node in reversed(queue):
            if len(after[node]) > len(before[node]):
                layer[node] = min(layer[head] for head in after[node]) - 1
        for node in queue:
            if len(before[node]) > len(after[node]):
                layer[node] = max(layer[tail] for tail in before[node]) + 1
    return layer


def align(layer: Sequence[int], firm: Sequence[Edge], loose: Sequence[Edge]) -> list[int]:
    """Shift what only loose edges hold together so that each such edge stays within one column.

    Args:
        layer: column of each node, right along the firm edges.
        firm: the edges that decided it.
        loose: edges that must not push nodes apart.

    Returns:
        Columns from 0 on.
    """
    shifted = list(layer)
    group = list(range(len(shifted)))
    members = [[node] for node in group]
    for index, (tail, head) in enumerate([*firm, *loose]):
        large, small = (
            (tail, head) if len(members[group[tail]]) >= len(members[group[head]]) else (head, tail)
        )
        if group[large] == group[small]:
            continue
        shift = shifted[large] - shifted[small] if index >= len(firm) else 0
        moved, members[group[small]] = members[group[small]], []
        for node in moved:
            group[node] = group[large]
            shifted[node] += shift
        members[group[large]] += moved
    least = min(shifted, default=0)
    return [column - least for column in shifted]
