"""An error's text with its wrappers peeled off: retry errors, connection pools, RPC statuses, SQL layers, chains."""

from __future__ import annotations

import re
from dataclasses import replace

from explorer.analysis.categories.classnames import inner_class, split_class
from explorer.analysis.categories.signals import Signal
from explorer.analysis.categories.stacktrace import looks_like_stack, parse_stack
from explorer.analysis.categories.stacktraces.frames import StackTrace
from explorer.analysis.categories.textcodes import codes_in, json_error
from explorer.analysis.categories.wrappers import WRAPPERS, Peeled

_MAX_LAYERS = 10
_HEAD, _TAIL = 4000, 2000
_MECHANISM = frozenset({"CancelledError", "InterruptedException", "GeneratorExit"})
"""How a runtime stops what waits: as the cause of a timeout they say nothing, so they count as outermost."""
_FRAMES_ALONE = re.compile(r"(?:[ \t]+at [^\n]*\)[ \t]*(?:\r?\n|\Z))+\Z")
"""Places in code and nothing else, as tools that keep class and message apart write a stack."""
RAISED_BY = "\nraised by "
"""Stands between a message and the library that raised it: rules may look for it, but nobody said it."""
_Layer = tuple[Signal, ...]


def unwrap(text: str) -> tuple[Signal, ...]:
    """The signals in an error's text, innermost first; ``layer`` counts the wrappers inside each.

    A full stack trace gives its chain of causes; any other text is peeled by the words of known wrappers
    (:mod:`explorer.analysis.categories.wrappers`) and by class names within it. Names of functions and files are no
    words: frames alone give nothing. Never raises.
    """
    if _FRAMES_ALONE.match(text):
        return ()
    if looks_like_stack(text):
        stack = parse_stack(text)
        if stack is not None:
            return of_stack(stack)
    return _numbered(_layers(*split_class(_clipped(text))))


def unwrap_exception(name: str, message: str) -> tuple[Signal, ...]:
    """As :func:`unwrap`, for a class name and its message given apart."""
    if looks_like_stack(message):
        return _numbered([(Signal("exception", name),)]) + _raised(unwrap(message), 1)
    return _numbered(_layers(name, _clipped(message)))


def of_stack(stack: StackTrace) -> tuple[Signal, ...]:
    """The signals of a parsed stack trace, its innermost cause first."""
    order = [stack.root, *(at for at in range(len(stack.chain) - 1, -1, -1) if at != stack.root)]
    order.sort(key=lambda at: stack.chain[at].type.rsplit(".", 1)[-1] in _MECHANISM)
    out: list[Signal] = []
    for at in order:
        raised = stack.chain[at]
        parts = unwrap_exception(raised.type, raised.message) if raised.type else unwrap(raised.message)
        where = raised_in(stack, at)
        if where and parts:
            first = parts[0]
            parts = (replace(first, detail=f"{first.detail}{RAISED_BY}{where}"), *parts[1:])
        base = out[-1].layer + 1 if out else 0
        out.extend(_raised(parts, base))
    return tuple(out)


def raised_in(stack: StackTrace, at: int) -> str:
    """``pandas get_loc``: the library that raised and where, or ``""`` for own code."""
    frames = stack.chain[at].frames
    if not frames or frames[0].own:
        return ""
    return f"{frames[0].library} {frames[0].function}"


def _raised(signals: tuple[Signal, ...], by: int) -> tuple[Signal, ...]:
    return tuple(replace(each, layer=each.layer + by) for each in signals) if by else signals


def _layers(name: str, text: str) -> list[_Layer]:
    """The layers of one text, outermost first."""
    layers: list[_Layer] = []
    while len(layers) < _MAX_LAYERS:
        peeled = _peel(text)
        if peeled is None or not peeled.inner:
            break
        layers.append((_signal(name, peeled.outer), *peeled.codes, *codes_in(peeled.outer)))
        name, text = split_class(peeled.inner)
    layers.append((_signal(name, text), *codes_in(text)))
    return layers


def _peel(text: str) -> Peeled | None:
    for wrapper in WRAPPERS:
        if wrapper.literal in text:
            peeled = wrapper.peel(text)
            if peeled is not None:
                return peeled
    body = json_error(text)
    if body is not None:
        return Peeled("", body[1], body[0])
    inside = inner_class(text)
    if inside is not None:
        start, end, inner = inside
        return Peeled(f"{text[:start]} {text[end:]}".strip(), (), inner)
    return None


def _signal(name: str, text: str) -> Signal:
    return Signal("exception", name, text) if name else Signal("message", text)


def _numbered(layers: list[_Layer]) -> tuple[Signal, ...]:
    """Innermost first, with the layer set; a message without words says nothing and is dropped."""
    out: list[Signal] = []
    for layer, signals in enumerate(reversed(layers)):
        kept = (each for each in signals if each.text.strip())
        out.extend(replace(each, layer=layer) if layer else each for each in kept)
    return tuple(out)


def _clipped(text: str) -> str:
    return text if len(text) <= _HEAD + _TAIL else f"{text[:_HEAD]}\n{text[-_TAIL:]}"
