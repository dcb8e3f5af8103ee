"""A cause in one sentence."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from statistics import median

from explorer.analysis.categories.unwrap import RAISED_BY, unwrap
from explorer.analysis.envoy import said_in_line
from explorer.analysis.failure.blame import usually_longer
from explorer.analysis.failure.faults import FIRM, Fault
from explorer.analysis.failure.verdicts import Account
from explorer.analysis.refusers import place_of
from explorer.analysis.traits import REJECTED, Trait, of_text
from explorer.analysis.wording import clip, code_word, is_status, share_word, time_word, without_ids
from explorer.model.schema import GRPC

_MOST = 140
_CLAUSE = 80
_END = re.compile(r"(?<=[\w)'\"])[.;!](?:\s|$)|\n|,? \((?![^()]*\) \w)")
"""The end of a sentence, or a bracket with which the text ends: what is said goes on behind others."""
_COLON = re.compile(r": (?=[A-Z][a-z]+ )")
_PACKAGE = re.compile(r"\A(?:[a-z_]\w*\.)+(?=[A-Z]\w*:)")
_LEAD = re.compile(r"\A[^\s:]+:\s+")
"""A single word before a colon: a class or a place, which alone would say little."""
_GONE = (503, GRPC + 14)
"""Codes that say themselves that nobody was there."""
_WORD = re.compile(r"[a-z0-9]{2,}")


def title_of(account: Account, pod: str = "", share: float = math.nan) -> str:
    """One sentence that names what broke, where (the one pod, if it is one), and the figure that matters.

    Args:
        share: of values that are bad, as typical of a cause's ids; NaN: that of the account itself.
    """
    special = _TITLES.get(account.fault.hypothesis)
    text = special(account) if special is not None else ""
    if account.fault.hypothesis == "bad-data-carried":
        text = _data(account, share)
    service = account.path[0].service
    place = f" on {pod}" if pod else f" in {service}" if service else ""
    code = code_word(account.fault.key[-1])
    if (
        not text
        and service
        and code
        and not (account.fault.message or account.fault.error_type or _says(account.fault))
    ):
        text = f"{service} answered {code} and does not say why"
    return clip(text or plain(service, account.fault, place), _MOST)


def plain(service: str, fault: Fault, place: str) -> str:
    """``CUDA out of memory on model-server-2``: the error's own words, led by the rule's where they say less."""
    kind, raised = fault.error_type, fault.message
    if fault.stack is not None and (inner := fault.stack.chain[fault.stack.root]).message:
        kind, raised = inner.type, inner.message
    short = kind.rsplit(".", 1)[-1]
    message = clause(raised)
    if said := _says(fault):
        message = message if " " in message or not message else f"{short}: {message}" if short else message
        if message and _repeats(said, message) and not message.endswith("…"):
            return f"{_upper(message)}{place}"
        return f"{_upper(said)}{place}: {message}" if message else f"{_upper(said)}{place}"
    error = f"{short}: {message}" if short and message and short not in message else message or short
    if not service:
        return _upper(error) or "Something failed and does not say what it is, nor why"
    if not error:
        return f"{service} failed and does not say why"
    return f"{service} {error}" if error.startswith("failed ") else f"{service} failed: {error}"


def _says(fault: Fault) -> str:
    """What the rule that decided says, where it is sure."""
    return (
        fault.verdict.says if fault.verdict.category != "unknown" and fault.verdict.strength >= FIRM else ""
    )


def clause(message: str) -> str:
    """The first sentence of a message, or as much of it as makes a title."""
    text = _PACKAGE.sub("", without_ids(_innermost(message.strip())))
    if line := said_in_line(text):
        return clip(line, _CLAUSE)
    end = _END.search(text)
    text = text[: end.start()] if end else text
    if len(text) > _CLAUSE:
        lead = _LEAD.match(text)
        colon = _COLON.search(text, lead.end() if lead else 0)
        said = text[lead.end() if lead else 0 : colon.start()] if colon else ""
        if colon and " " in said and not is_status(said):
            text = text[: colon.start()]
    return clip(text, _CLAUSE)


def _innermost(text: str) -> str:
    """What a message says within the wrappers that clients of services put around it: the words, not their JSON."""
    layers = unwrap(text)
    if not layers or not layers[-1].layer:
        return text
    inner, said = layers[0].text, layers[0].detail.partition(RAISED_BY)[0]
    inner = f"{inner.rsplit('.', 1)[-1]}: {said}" if said else inner
    return inner if without_ids(inner)[:1].isalnum() else text  # else what is left of JSON that was cut off


def _repeats(said: str, message: str) -> bool:
    """Whether the message says what the rule says, in nearly the same words."""
    words = set(_WORD.findall(said.lower()))
    return len(words & set(_WORD.findall(message.lower()))) >= 0.6 * len(words)


def _upper(text: str) -> str:
    """With a capital, unless it begins with the name of a program or library: ``tls: bad certificate``."""
    return text if _LEAD.match(text) else text[:1].upper() + text[1:]


def typical_share(accounts: Sequence[Account]) -> float:
    """Median of the shares of bad values that the accounts state; NaN where none does."""
    found = [account.carried[0].complaint.share for account in accounts if account.carried]
    known = [share for share in found if not math.isnan(share)]
    return median(known) if known else math.nan


def _data(account: Account, typical: float) -> str:
    service = account.path[0].service
    first = account.carried[0].complaint
    part = first.share if math.isnan(typical) else typical
    share = "" if math.isnan(part) else share_word(part)
    word = first.word.lower()
    if word in ("null", "nulls", "missing", "empty", "no value", "no default"):
        return (
            f"{service} returned no value for {share} of keys"
            if share
            else f"{service} returned missing values"
        )
    if word in ("nan", "infinite", "not finite"):
        return f"{service} returned NaN for {share} of values" if share else f"{service} returned NaN"
    return f"{service} handed on bad data: {clip(first.text, 90)}"


def _model(account: Account) -> str:
    version = account.fault.version
    if version is not None:
        said = account.fault.verdict.says or clip(account.path[0].text, 60)
        return f"{_upper(said)} in {account.path[0].service} after {version.old} → {version.new}"
    return f"{account.path[0].service} put NaN into its output"


def _swallowed(account: Account) -> str:
    said = clip(account.carried[0].complaint.text, 80)
    return f"{account.path[0].service} failed but answered as if it had not: {said}"


def _down(account: Account) -> str:
    service = account.path[0].service
    verdict, message = account.fault.verdict, account.fault.message
    if verdict.category == "system" and verdict.says and account.fault.symptom == "infrastructure":
        # Callers only saw that nobody answered; what is around it says why.
        return f"{_upper(verdict.says)} in {service}: it could not be reached"
    if verdict.category == "system":
        return ""
    traits = _traits(account)
    if traits & Trait.BREAKER:
        return f"Circuit to {service} is open"
    known = verdict.says if verdict.strength >= FIRM and verdict.rule and not verdict.symptom else ""
    said = known or clause(_of_call(message, service))
    if verdict.category == "security":
        return f"Connections to {service} fail: {said}"
    if traits & Trait.BROKEN and not traits & Trait.REFUSED:
        return f"{service} dropped connections: {said}" if said else f"{service} dropped connections"
    if not traits & REJECTED and not _says_gone(account) and message and not said_in_line(message):
        return f"{service} did not do its part: {clause(message)}"
    return f"{service} could not be reached: {said}" if said else f"{service} could not be reached"


def _traits(account: Account) -> int:
    """What the span that tells of it says of itself, or the words where only logs are known."""
    via = account.explained.blame.via
    if via < 0:
        return of_text(account.fault.message)
    return int(account.explained.scene.facts.traits[via]) | account.explained.scene.told.get(via, 0)


def _says_gone(account: Account) -> bool:
    via = account.explained.blame.via
    return via >= 0 and int(account.explained.scene.facts.store.spans.code[via]) in _GONE


def _from_outside(account: Account) -> str:
    """Calls to a service fail, and it says nothing itself."""
    service, fault = account.path[0].service, account.fault
    stranger = not account.explained.blame.known and not of_text(fault.message) & Trait.REFUSED
    if stranger or fault.verdict.category in ("system", "capacity"):
        return ""
    said = clause(_of_call(fault.message, service))
    known = (
        fault.verdict.says if fault.verdict.category != "unknown" and fault.verdict.strength >= FIRM else ""
    )
    if known:
        return f"Calls to {service} fail: {known}" + (
            f": {said}" if said and not _repeats(known, said) else ""
        )
    return f"Calls to {service} fail: {said}" if said else f"Calls to {service} fail, and nothing says why"


def _of_call(message: str, service: str) -> str:
    """What is said behind ``call to cart failed: ``."""
    before = rf"\A.{{0,60}}\b{re.escape(service)}\b.{{0,12}}\bfailed\b[:.]?\s*"
    return re.sub(before, "", message, flags=re.IGNORECASE)


def _slow(account: Account) -> str:
    step = account.path[0]
    facts = account.explained.scene.facts
    if step.row < 0:
        return f"{step.service} did not answer in time: {step.text}"
    count, middle, _ = facts.usual_of(step.row)
    spent = int(facts.store.spans.duration[step.row])
    slower = count >= 3 and spent > middle
    if step.row == account.explained.blame.via and account.fault.message and not slower:
        # It says so itself, and nothing shows that it took longer than ever.
        return f"{step.operation} in {step.service} ran out of time: {clause(account.fault.message)}"
    usual = f", usually {time_word(middle)}" if count >= 3 else ""
    return f"{step.service} was slow: {step.operation} took {time_word(spent)}{usual}"


def _deadline(account: Account) -> str:
    facts = account.explained.scene.facts
    blame = account.explained.blame
    call = blame.trail[0] if blame.trail else blame.via
    waited = time_word(int(facts.store.spans.duration[call]))
    callee = int(facts.hops.callee_of[call])
    if callee < 0:
        return f"{account.path[0].service} waits only {waited}"
    waits = f"{account.path[0].service} waits only {waited} for {facts.store.service(callee)}"
    below = usually_longer(account.explained.scene, callee, int(facts.store.spans.duration[call]))
    usual = time_word(facts.usual_of(callee if below < 0 else below)[1])
    if below < 0:
        return f"{waits}, which usually takes {usual}"
    return f"{waits}, where {facts.store.operation(below)} alone usually takes {usual}"


def _network(account: Account) -> str:
    facts = account.explained.scene.facts
    via, inside = account.explained.blame.via, account.explained.blame.trail
    waited = time_word(int(facts.store.spans.duration[via]))
    own = time_word(int(facts.store.spans.duration[inside[0]])) if inside else "little"
    return f"The way to {account.path[0].service} took {waited}, of which it worked {own}"


def _quota(account: Account) -> str:
    return f"{account.path[0].service} refused calls over its limit: {account.path[0].text}"


def _bad_request(account: Account) -> str:
    return f"{account.path[0].service} sent a bad request: {clause(account.fault.message) or account.path[0].text}"


def _refuses(account: Account) -> str:
    step, store = account.path[0], account.explained.scene.facts.store
    return f"{place_of(store, step.row)} refuses what others of {step.service} take: {step.text}"


def _held(account: Account) -> str:
    step = account.path[0]
    return f"{step.service} {step.operation} {step.text}, others waited in vain"


def _left(account: Account) -> str:
    return f"Users left before {account.path[-1].service} answered"


_TITLES = {
    "model-fault": _model, "swallowed-error": _swallowed, "dependency-down": _down,
    "breaker-open": _down, "dependency-failed": _from_outside, "dependency-slow": _slow, "slow-self": _slow,
    "deadline-too-tight": _deadline,
    "network": _network, "lock-held": _held, "quota": _quota, "bad-request": _bad_request, "client": _left,
    "refuses-alone": _refuses,
}  # fmt: skip
