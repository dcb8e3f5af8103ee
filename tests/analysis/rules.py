"""The rules that are shipped, loaded once."""

from __future__ import annotations

from typing import Final

from explorer.analysis.categories.rules import Rules, load_rules
from explorer.model.issue import Issues
from explorer.paths import resource

RULES: Final[Rules] = load_rules([resource("rules")], Issues())
