"""Learns the company words keep in the messages of public software; writes ``tests/analysis/categories/company.tsv``.

``python -m tests.learn_company FOLDER...`` reads the sources below the folders (one folder or archive of Python a
project; any public software will do, the more kinds the better): the quoted texts of lines that raise, throw, log or
return an error. Who stands within six words of whom is counted; positive mutual information, its first singular
vectors. :mod:`tests.learn_words` takes words of the same company to speak alike.
"""

from __future__ import annotations

import base64
import re
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.categories.wordfeatures import words_in_order
from tests.learn_words import COMPANY

_KINDS = frozenset(".py .go .java .kt .scala .js .ts .c .cc .cpp .h .rs .rb .php .cs".split())
_RAISING = re.compile(r"rais|throw|err|fail|panic|fatal|warn|except|bail!|status", re.IGNORECASE)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.){12,300})"|\'((?:[^\'\\]|\\.){12,300})\'')
_GAP = re.compile(r"%[-+#0]?\d*\.?\d*[a-zA-Z]|\{[^{}]*\}|\\.")
_FEWEST_WORDS, _LONGEST_FILE = 3, 2_000_000
_MOST_OF_A_PROJECT = 1_500
_NEAR, _SEEN, _BESIDE, _SIZE = 6, 5, 3_000, 24
_LENGTH = 1.27
"""Of a vector: how much the company of a word weighs beside the word itself."""


def sources(folder: Path) -> Iterator[str]:
    """The texts of all sources of one project, in a fixed order."""
    if folder.is_file():
        with zipfile.ZipFile(folder) as archive:
            for name in sorted(archive.namelist()):
                if Path(name).suffix in _KINDS:
                    yield archive.read(name).decode("utf-8", "replace")
        return
    for file in sorted(folder.rglob("*")):
        if file.suffix in _KINDS and file.is_file() and file.stat().st_size < _LONGEST_FILE:
            yield file.read_text(encoding="utf-8", errors="replace")


def messages(folder: Path) -> list[list[str]]:
    """The words of each message of one project, each message once."""
    found: dict[tuple[str, ...], None] = {}
    for text in sources(folder):
        for line in text.splitlines():
            if _RAISING.search(line):
                for one, other in _QUOTED.findall(line):
                    words = words_in_order(_GAP.sub(" ", one or other))
                    if len(words) >= _FEWEST_WORDS:
                        found[tuple(words)] = None
    return [list(words) for words in list(found)[:_MOST_OF_A_PROJECT]]


def vectors(texts: list[list[str]]) -> tuple[list[str], NDArray[np.float64]]:
    """The words met often enough, and a vector of each."""
    counts = Counter(word for words in texts for word in set(words))
    names = sorted(word for word, count in counts.items() if count >= _SEEN and len(word) > 2)
    beside = sorted(counts, key=lambda word: (-counts[word], word))[:_BESIDE]
    row, column = ({word: at for at, word in enumerate(each)} for each in (names, beside))
    met = np.zeros((len(names), len(beside)))
    for words in texts:
        for at, word in enumerate(words):
            near = words[max(0, at - _NEAR) : at] + words[at + 1 : at + 1 + _NEAR]
            if word in row:
                for other in near:
                    if other in column:
                        met[row[word], column[other]] += 1
    expected = np.outer(met.sum(axis=1) + 1, (met.sum(axis=0) + 1) ** 0.75)
    expected /= ((met.sum(axis=0) + 1) ** 0.75).sum()
    told = np.maximum(np.log(np.maximum(met, 1e-9) / expected), 0)
    values, axes = np.linalg.eigh(told.T @ told)
    spread = values[::-1][:_SIZE]
    found = told @ axes[:, ::-1][:, :_SIZE] / np.maximum(spread, 1e-9) ** 0.25
    found -= found.mean(axis=0)
    return names, found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9) * _LENGTH


def main() -> int:
    """Writes the vectors of the words met below the folders given."""
    folders = sorted(Path(each) for each in sys.argv[1:])
    texts = [words for folder in folders for words in messages(folder)]
    names, found = vectors(texts)
    whole = np.clip(np.rint(found * 64), -127, 127).astype(np.int8)
    head = f"# The company words keep in {len(texts)} messages of {len(folders)} public projects (tests.learn_company)."
    lines = [f"{word}\t{base64.b85encode(whole[at].tobytes()).decode()}" for at, word in enumerate(names)]
    COMPANY.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(texts)} messages, {len(names)} words\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
