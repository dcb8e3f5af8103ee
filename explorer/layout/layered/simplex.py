"""Layers drawn together until edges are as short as can be: network simplex (Gansner, Koutsofios, North and Vo 1993).

A tree of edges of length one spans the graph. An edge of it whose removal leaves a side that is drawn the other way
by more edges than hold it is replaced by the shortest one that joins the two sides again, and that side moves. How much
a side is drawn is the sum over its nodes of edges out less edges in: what runs within it cancels.
"""

from __future__ import annotations

from collections.abc import Sequence

Edge = tuple[int, int]

_WORK = 30_000  # nodes times replacements


def shortened(layer: Sequence[int], edges: Sequence[Edge]) -> list[int]:
    """Layers with a smaller sum of edge lengths, each edge still at least one long.

    Args:
        layer: of each node, right along all edges; edges join all nodes, no edge joins a node with itself.
    """
    tree = _Tree(layer, edges)
    if not tree.span():
        return list(layer)
    for _ in range(_WORK // max(len(layer), 1)):
        if not tree.improve():
            break
    least = min(tree.layer, default=0)
    return [one - least for one in tree.layer]


class _Tree:
    """The layers, and a spanning tree of edges of length one, walked from node 0."""

    def __init__(self, layer: Sequence[int], edges: Sequence[Edge]) -> None:
        self.layer, self.edges = list(layer), list(edges)
        self.pull = [0] * len(layer)  # edges out less edges in
        self.near: list[list[int]] = [[] for _ in layer]  # edges of each node
        for index, (tail, head) in enumerate(edges):
            self.pull[tail] += 1
            self.pull[head] -= 1
            self.near[tail].append(index)
            self.near[head].append(index)
        self.kept: list[list[int]] = [[] for _ in layer]  # tree edges of each node

    def span(self) -> bool:
        """Grow the tree over all nodes, moving what it has where no edge of length one leads on."""
        inside = bytearray(len(self.layer))
        stack, count = [0], 1
        inside[0:1] = b"\x01"
        while True:
            while stack:
                node = stack.pop()
                for index in self.near[node]:
                    tail, head = self.edges[index]
                    other = head if tail == node else tail
                    if not inside[other] and self.layer[head] - self.layer[tail] == 1:
                        inside[other] = 1
                        count += 1
                        self._keep(index)
                        stack.append(other)
            if count >= len(self.layer):
                return True
            gap, index = min(
                ((self.layer[head] - self.layer[tail] - 1, index)
                 for index, (tail, head) in enumerate(self.edges) if inside[tail] != inside[head]),
                default=(0, -1),
            )  # fmt: skip
            if index < 0:
                return False
            by = gap if inside[self.edges[index][0]] else -gap
            self.layer = [one + by if held else one for one, held in zip(self.layer, inside, strict=True)]
            stack = [node for node in self.edges[index] if inside[node]]

    def improve(self) -> bool:
        """Replace the worst edge of the tree; whether there was one to replace."""
        order, above, through = self._walk()
        total = self.pull[:]
        worst, leaving = 0, -1
        for node in reversed(order[1:]):
            drawn = total[node]
            total[above[node]] += drawn
            held = drawn if self.edges[through[node]][0] == node else -drawn
            if held < worst:
                worst, leaving = held, node
        if leaving < 0:
            return False
        side = self._below(order, above, leaving)
        outward = self.edges[through[leaving]][0] != leaving  # the tree edge leads into the side
        gap, entering = min(
            ((self.layer[head] - self.layer[tail] - 1, index)
             for index, (tail, head) in enumerate(self.edges)
             if side[tail] != side[head] and bool(side[tail]) == outward),
            default=(0, -1),
        )  # fmt: skip
        if entering < 0:
            return False
        by = gap if outward else -gap
        self.layer = [one + by if held else one for one, held in zip(self.layer, side, strict=True)]
        for node in self.edges[through[leaving]]:
            self.kept[node].remove(through[leaving])
        self._keep(entering)
        return True

    def _keep(self, index: int) -> None:
        for node in self.edges[index]:
            self.kept[node].append(index)

    def _walk(self) -> tuple[list[int], list[int], list[int]]:
        """Nodes from node 0 down; of each the node above, and the edge that leads there."""
        above, through = [-1] * len(self.layer), [-1] * len(self.layer)
        order, edges, kept = [0], self.edges, self.kept
        for node in order:
            came = through[node]
            for index in kept[node]:
                if index != came:
                    tail, head = edges[index]
                    other = head if tail == node else tail
                    above[other], through[other] = node, index
                    order.append(other)
        return order, above, through

    def _below(self, order: list[int], above: list[int], node: int) -> bytearray:
        """Which nodes hang below one, itself included."""
        side = bytearray(len(self.layer))
        side[node] = 1
        for one in order[order.index(node) + 1 :]:
            side[one] = side[above[one]]
        return side
