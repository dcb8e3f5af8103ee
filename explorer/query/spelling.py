"""From a tree back to text that reads as the same tree."""

from __future__ import annotations

from explorer.errors import QueryError
from explorer.query.fields import ATTRIBUTE, attribute_name
from explorer.query.lexer import Sort, tokens
from explorer.query.syntax import And, Compare, Not, Operator, Or, Query, Word


def unparse(query: Query) -> str:
    """The shortest usual spelling of a query: ``parse(unparse(query)) == query``."""
    if isinstance(query, Word):
        keyword = query.text.lower() in {"and", "or", "not"}
        plain = not query.quoted and not keyword and _reads_as("word", query.text)
        return query.text if plain else _in_quotes(query.text)
    if isinstance(query, Compare):
        name = attribute_text(query.field) if query.attribute else query.field
        return name + query.operator + value_text(query.value, query.operator, quoted=query.quoted)
    if isinstance(query, Not):
        return f"-({unparse(query.term)})" if isinstance(query.term, And | Or) else f"-{unparse(query.term)}"
    if isinstance(query, And):
        return " ".join(
            f"({unparse(term)})" if isinstance(term, Or) else unparse(term) for term in query.terms
        )
    return " or ".join(unparse(term) for term in query.terms)


def attribute_text(name: str) -> str:
    """How an attribute is written: by its own name where that tells it from a field."""
    if not _reads_as("word", name, ":"):
        return _in_quotes(name)
    return name if attribute_name(name, quoted=False) == name else ATTRIBUTE + name


def value_text(value: str, operator: Operator, *, quoted: bool) -> str:
    """How the right-hand side of a condition is written."""
    for space in ("", " "):  # f::x would be a word, f: :x is a condition
        if not quoted and _reads_as("value", value, before="f" + operator + space):
            return space + value
    return _in_quotes(value)


def _reads_as(sort: Sort, text: str, after: str = "", *, before: str = "") -> bool:
    """A text is read as one token of that sort, where it stands."""
    try:
        found = tokens(before + text + after)
    except QueryError:
        return False
    return any(
        token.sort == sort and (token.start, token.end) == (len(before), len(before + text))
        for token in found
    )


def _in_quotes(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
