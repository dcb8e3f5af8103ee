"""The words of the command line."""

from __future__ import annotations

import argparse
import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NoReturn

from explorer import __version__
from explorer.errors import UsageError

VERBS: Final = {
    "window": "window",
    "demo": "demo",
    "summary": "summary",
    "ids": "ids",
    "rca": "rca",
    "compare": "compare",
    "export": "export",
    "convert": "convert",
    "check": "check",
    "formats": "formats",
}
"""Verb to module of :mod:`explorer.cli`."""

FORMATS: Final = ("otlp", "parquet")
"""What ``convert --to`` takes."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message[:1].upper()}{message[1:]}. See `{self.prog} --help`.")


def parse(words: Sequence[str]) -> argparse.Namespace:
    """The words as a namespace with ``verb``; words that begin with no verb open the window.

    Raises:
        UsageError: the words make no command.
    """
    words = _with_queries(words)
    first = next((word for word in words if not word.startswith("-")), "")
    if first in VERBS and first != "window" and words[0] == first:
        return _settle(_verbs().parse_args(words))
    if words and words[0] in ("-h", "--help", "--version"):
        return _settle(_verbs().parse_args(words))
    arguments = _window().parse_args(words)
    arguments.verb = "window"
    only = str(arguments.bundle[0]) if len(arguments.bundle) == 1 else ""
    if only.isalpha() and only in words and not os.path.exists(arguments.bundle[0]):
        known = ", ".join(verb for verb in VERBS if verb != "window")
        raise UsageError(
            f"“{only}” is neither a file nor one of the commands: {known}. See `trace-explorer --help`."
        )
    return _settle(arguments)


def _with_queries(words: Sequence[str]) -> list[str]:
    """``--query -term`` as one word: argparse takes any word with a dash for an option."""
    joined: list[str] = []
    for word in words:
        if joined and joined[-1] == "--query" and len(word) > len("-o") and word[0] == "-" != word[1]:
            joined[-1] += f"={word}"
        else:
            joined.append(word)
    return joined


def _settle(arguments: argparse.Namespace) -> argparse.Namespace:
    """Sort out the two meanings of words: a path after ``--id-field NAME …``, a format after ``convert --to``."""
    if "bundle" not in arguments:
        return arguments
    arguments.id_field = [name for names in arguments.id_field for name in names]
    if arguments.verb == "compare":
        _split_ids(arguments)
    if not arguments.bundle:
        paths = [name for name in arguments.id_field if os.path.exists(name)]
        arguments.id_field = [name for name in arguments.id_field if name not in paths]
        arguments.bundle = [Path(name) for name in paths]
    if not arguments.bundle and arguments.verb != "window":
        raise UsageError(f"Name a BUNDLE: `trace-explorer {arguments.verb} BUNDLE`.")
    arguments.tables = _tables(arguments.columns)
    given = arguments.to if "to" in arguments else []
    arguments.format = next(
        (word for word in given if arguments.verb == "convert" and word in FORMATS), "otlp"
    )
    arguments.end = next(
        (word for word in given if not (arguments.verb == "convert" and word in FORMATS)), None
    )
    return arguments


def _tables(file: Path | None) -> tuple[object, ...]:
    """What a file says of tables. Imported only where there is one: every start of the window passes here."""
    if file is None:
        return ()
    from explorer.decoding.tables.mapping import read_mappings

    return read_mappings(file)


def _split_ids(arguments: argparse.Namespace) -> None:
    """The words after the last path that exists, two at most, are the ids."""
    words = list(arguments.bundle)
    count = 0
    while count < min(2, len(words) - 1) and not os.path.exists(words[-1 - count]):
        count += 1
    arguments.ids = [str(word) for word in words[len(words) - count :]]
    arguments.bundle = words[: len(words) - count]


def _window() -> argparse.ArgumentParser:
    parser = _Parser("trace-explorer", description="Open a bundle in the window.")
    parser.add_argument("bundle", nargs="*", type=_named, metavar="BUNDLE")
    parser.add_argument("--id", default="", metavar="ID", help="correlation id to show first")
    parser.add_argument("--theme", choices=("light", "dark"))
    return _choosing(parser)


def _verbs() -> argparse.ArgumentParser:
    parser = _Parser(
        "trace-explorer",
        description="Opens exported traces, logs and metrics offline; names the root cause.",
        epilog="Without a verb: `trace-explorer [BUNDLE …] [--id ID]` opens the window.",
    )
    parser.add_argument("--version", action="version", version=f"trace-explorer {__version__}")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    demo = verbs.add_parser("demo", help="open the incident that ships with the program")
    demo.add_argument("--theme", choices=("light", "dark"))
    verbs.add_parser("formats", help="the formats read, and how each is recognised").add_argument(
        "--json", action="store_true"
    )
    for name, about in (
        ("summary", "what is in a bundle and what was not understood"),
        ("ids", "the correlation ids, worst first"),
        ("rca", "causes across the bundle, and the path of each failing id"),
    ):
        verb = _bundle(verbs.add_parser(name, help=about))
        verb.add_argument("--json", action="store_true", help="one JSON object instead of a table")
        if name == "rca":
            verb.add_argument(
                "--id", action="append", default=[], metavar="ID", help="only this id; may be repeated"
            )
            verb.add_argument("--incident", metavar="T", help="when it began, if known")
            verb.add_argument("--window", metavar="SPAN", help="how far from it to compare, as 10m; else all")
            verb.add_argument(
                "--keep", metavar="WORDS", help="keep these causes as past incidents, with these words"
            )
    compare = _reading_verb(verbs.add_parser("compare", help="what differs between two ids"))
    compare.add_argument("--json", action="store_true", help="one JSON object instead of tables")
    _add_export(verbs.add_parser("export", help="the root cause picture or report of one id"))
    convert = _bundle(verbs.add_parser("convert", help="everything, or some ids, as OTLP JSON lines"))
    convert.add_argument("-o", dest="output", type=Path, required=True, metavar="FILE",
                         help="a .jsonl file; a folder for --to parquet")  # fmt: skip
    convert.add_argument(
        "--id", action="append", default=[], metavar="ID", help="only this id; may be repeated"
    )
    check = _bundle(verbs.add_parser("check", help="exit 1 where a bundle breaks expectations: for CI"))
    check.add_argument("--expect", type=Path, required=True, metavar="FILE", help="the expectations, as TOML")
    check.add_argument("--junit", type=Path, metavar="FILE", help="also write the results as JUnit XML")
    check.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    return parser


def _add_export(parser: argparse.ArgumentParser) -> None:
    _bundle(parser)
    parser.add_argument(
        "--id", required=True, metavar="ID", help="of which: any spelling, or a unique beginning"
    )
    parser.add_argument("-o", dest="output", type=Path, required=True, metavar="FILE",
                        help="its ending says what: .png .svg .pdf picture, .html .md report")  # fmt: skip
    parser.add_argument("--view", choices=("rca", "waterfall", "graph"), default="rca",
                        help="what a picture shows: cause, path and waterfall (rca), or one of them alone")  # fmt: skip
    parser.add_argument("--theme", choices=("light", "dark"),
                        help="else pictures are light, an HTML report follows its reader's system")  # fmt: skip
    parser.add_argument("--scale", type=_scale, metavar="N",
                        help="pixels per point of a PNG (2), how many times its size of the others (1)")  # fmt: skip
    parser.add_argument("--no-redact", action="store_true", help="keep secrets in the picture or report")


def _named(word: str) -> Path:
    if not word:  # as an unset variable of a shell is; a path of no name would be the current folder
        raise argparse.ArgumentTypeError("it names nothing")
    return Path(word)


def _scale(word: str) -> float:
    value = float(word)
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError("a number above 0 is wanted")
    return value


def _reading_verb(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """``compare BUNDLE … [ID_A [ID_B]]``: which of the words are ids, :func:`_settle` tells."""
    parser.usage = "trace-explorer compare [options] BUNDLE [BUNDLE …] [ID_A [ID_B]]"
    parser.add_argument("bundle", nargs="+", type=_named, metavar="BUNDLE [ID_A [ID_B]]",
                        help="file, folder or archive, then two ids, one (against the nearest healthy), or none "
                             "(the failing against the healthy, of those that --query chooses)")  # fmt: skip
    return _choosing(parser)


def _bundle(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("bundle", nargs="*", type=_named, metavar="BUNDLE", help="file, folder or archive")
    return _choosing(parser)


def _choosing(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    _reading(parser)
    parser.add_argument(
        "--from",
        dest="begin",
        metavar="T",
        help="leave out ids that end before: 14:07, 2026-11-18T14:07:31+01:00 …",
    )
    also = "; also the format to write: otlp (default), parquet" if parser.prog.endswith(" convert") else ""
    parser.add_argument(
        "--to", action="append", default=[], metavar="T", help=f"leave out ids that begin after{also}"
    )
    parser.add_argument("--query", default="", metavar="Q", help="only ids with a span that matches")
    return parser


def _reading(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--id-field", nargs="+", action="append", default=[], metavar="NAME",
                        help="fields that hold the correlation id")  # fmt: skip
    parser.add_argument("--columns", type=Path, metavar="FILE",
                        help="what the columns of unusual tables hold (TOML)")  # fmt: skip
