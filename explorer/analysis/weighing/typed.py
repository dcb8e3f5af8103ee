"""The category of a cause whose words say nothing: that of its hypothesis, where the bundle has the evidence for it."""

from __future__ import annotations

from explorer.analysis.categories.rules import HINT
from explorer.analysis.weighing.newness import SURELY
from explorer.analysis.weighing.ranking import Ranked

_FEWEST = 3


def category_of(one: Ranked) -> tuple[str, str]:
    """Category and subcategory: what was said decides, then what kind of fault it is.

    An error of which no rule knows anything, whatever its words make likely, is one of the service's own code if that
    raised it, in its own words, with no failed callee below it, in several ids, and surely new among those that did
    the same work. Else it stays what the words say, or unknown.
    """
    fault, first = one.group.fault, one.group.first
    verdict, blame = fault.verdict, first.explained.blame
    own = fault.hypothesis == "code-fault" and blame.row >= 0 and blame.row == blame.via and blame.known
    worded = bool(fault.error_type or fault.message)
    several = len(one.group.ids()) >= _FEWEST
    guessed = verdict.category == "unknown" or (not verdict.rule and verdict.strength <= HINT)
    if guessed and own and worded and several and one.p <= SURELY:
        return "application", ""
    return verdict.category, verdict.subcategory
