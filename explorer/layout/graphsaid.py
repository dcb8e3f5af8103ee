"""What a drawn call graph says in words: of a service, of a call, of what is not drawn."""

from __future__ import annotations

from explorer.layout import numbers
from explorer.layout.callgraph import GraphPicture


def note(drawn: GraphPicture, focus: str) -> str:
    """What of a graph is not drawn, and how to come by it."""
    boxed = sum(len(names) for names in drawn.members.values())
    said = [f"around {focus}"] if focus else []
    if boxed:
        said.append(f"{numbers.plural(boxed, 'service')} in boxes: double-click opens")
    if drawn.hidden:
        said.append(f"{numbers.plural(drawn.hidden, 'service')} not drawn")
    if drawn.quiet:
        said.append(f"{numbers.plural(len(drawn.quiet), 'call')} more: point at a service")
    return " · ".join(said)


def edge_words(drawn: GraphPicture, number: int) -> str:
    """A call in words: between whom, how many, how many failed, how long."""
    edge = drawn.edges[number]
    said = [f"{drawn.nodes[edge.source].name} → {drawn.nodes[edge.target].name}"]
    if not edge.calls:
        return f"{said[0]}\n{edge.label}"
    failed = (
        f", {numbers.count(edge.failed)} failed ({numbers.share(edge.failed / edge.calls)})"
        if edge.failed
        else ""
    )
    said.append(numbers.plural(edge.calls, "call") + failed)
    if edge.median_ns > 0:
        said += [f"median {numbers.duration(edge.median_ns)}", f"95 % within {numbers.duration(edge.p95_ns)}"]
    if edge.kind == "link":
        said.append("by a queue or a link")
    return "\n".join(said)


def node_words(drawn: GraphPicture, node: int) -> str:
    """A service in words, or the services that a box stands for."""
    one = drawn.nodes[node]
    if node in drawn.members:
        names = drawn.members[node]
        more = f"\nand {numbers.count(len(names) - 20)} more" if len(names) > 20 else ""
        return f"{one.name} beside {drawn.owner[node]}: {one.result}\n" + "\n".join(names[:20]) + more
    lines = [one.name, one.result, f"{numbers.plural(one.calls, 'call')}, {numbers.count(one.failed)} failed",
             f"{numbers.plural(one.spans, 'span')}, self time {numbers.duration(one.self_ns)}"]  # fmt: skip
    if one.silent:
        lines.append("left no span in the bundle")
    if one.absent:
        lines.append("called by other requests of this kind, not by this one")
    return "\n".join(lines)
