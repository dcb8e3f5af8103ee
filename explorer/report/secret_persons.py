"""What points at a person: e-mail addresses, cards, bank accounts, telephones, addresses of clients, folders.

Numbers are taken for a card or an account only if their check digits are right, and only where nothing says
that they are an id. Private and local network addresses are kept: they name machines of the system at hand.
"""

from __future__ import annotations

import ipaddress
import re

from explorer.report.secret import Rule, before
from explorer.report.secret_keys import follows_an_id_key

_EMAIL = re.compile(
    r"(?<![\w.+%-])(?P<secret>(?!git@)\w[\w.+'-]{0,63}(?:@|%40)(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24})(?![\w-])"
)
_CARD = re.compile(
    r"(?<![\w.+/:-])(?P<secret>\d{4}([ -])\d{4}\2\d{4}\2\d{4}(?:\2\d{3})?|\d{4}([ -])\d{6}\3\d{4,5}|\d{13,19})"
    r"(?![\w-]|\.\d)"
)
_IBAN = re.compile(
    r"(?<![\w-])(?P<secret>[A-Z]{2}\d{2}(?:[A-Z0-9]{11,30}|(?: [A-Z0-9]{4}){2,7}(?: [A-Z0-9]{1,3})?))(?![\w-])"
)
_SSN = re.compile(r"(?<![\w.-])(?P<secret>(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4})(?![\w-]|\.\d)")
_PHONE = re.compile(r"(?<![\w+.-])(?P<secret>(?:\+|%2B)[1-9](?:[ .()/-]{0,2}\d){7,14})(?![\w-]|\.\d)")
# Without the country's number only where a word says what it is.
_NATIONAL = re.compile(
    r"\b(?:tel|phone|mobile|fax)[\w.-]{0,12}[\"']?\s{0,2}[:=]\s{0,2}[\"']?"
    r"(?P<secret>\(?\d{2,5}\)?(?:[ ./-]{0,2}\d){5,10})(?![\w-])",
    re.IGNORECASE,
)
# The end of a text that was clipped: what is left of an address still names somebody.
_CUT_EMAIL = re.compile(r"(?<![\w.+-])(?P<secret>[\w.+-]{1,64}@[\w.-]{0,100})(?=…)")
_IPV4 = re.compile(r"(?<![\w.-])(?P<secret>(?:\d{1,3}\.){3}\d{1,3})(?![\w-]|\.\d)")
_IPV6 = re.compile(r"(?<![\w:.])(?P<secret>[23][0-9a-f]{3}:[0-9a-f:]{2,34})(?![\w:])", re.IGNORECASE)
_MAC = re.compile(
    r"(?<![\w:-])(?P<secret>[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\2){4}[0-9a-f]{2})(?![\w:-])", re.IGNORECASE
)
_FOLDER = re.compile(r"(?<![\w.])/(?:home|Users)/(?P<secret>[\w.@-]{1,64})(?=/[^\s\"'<>|:]{0,300}?\.\w)")
_WINDOWS_FOLDER = re.compile(
    r"(?<!\w)[A-Z]:\\{1,2}(?:Users|Documents and Settings)\\{1,2}(?P<secret>[^\\/:*?\"<>|\r\n]{1,64})(?=\\)",
    re.IGNORECASE,
)

# Issuers by the beginning of the number (ISO/IEC 7812): beginning, lengths.
_ISSUERS = re.compile(
    r"4(?:\d{12}|\d{15})|(?:5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720))\d{12,14}|3[47]\d{13}"
    r"|(?:6011|65\d\d|64[4-9]\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12}|3(?:0[0-5]|[68]\d)\d{11}|62\d{14,17}"
)
# Lengths of account numbers by country (IBAN registry, ISO 13616).
_IBAN_LENGTHS = {
    country: length
    for length, countries in {
        15: "NO", 16: "BE", 18: "DK FI FO GL NL SD", 19: "MK SI", 20: "AT BA EE KZ LT LU MN XK", 21: "CH HR LI LV",
        22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM SO TL", 24: "AD CZ ES MD PK RO SA SE SK TN VG",
        25: "LY PT ST", 26: "IS TR", 27: "BI DJ FR GR IT MC MR SM", 28: "AL AZ BY CY DO GT HU LB NI PL SV",
        29: "BR EG PS QA UA", 30: "JO KW MU", 31: "MT SC", 32: "LC", 33: "RU",
    }.items()
    for country in countries.split()
}  # fmt: skip
_LOCAL = tuple(
    ipaddress.IPv4Network(network)
    for network in ("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
                    "192.168.0.0/16", "224.0.0.0/3")
)  # fmt: skip
_COMMON_USERS = frozenset(
    "airflow app appuser circleci containeradministrator default ec2-user gitlab-runner jenkins jovyan node nonroot"
    " public root runner runneradmin shared spark ubuntu user vscode".split()
)
_ROUTE = re.compile(r"(?:(?:get|post|put|delete|patch|head|options) |route[\"']?\s?[:=]\s?[\"']?)$")
_VERSION = re.compile(r"(?:version|release|build|ver|v|/)[\"']?\s?[:=]?\s?[\"']?$")


def luhn(digits: str) -> bool:
    """The last digit is the check digit of the others (ISO/IEC 7812-1, annex B)."""
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


def iban(text: str) -> bool:
    """A bank account number whose length and check digits are right (ISO 13616, mod 97)."""
    text = text.replace(" ", "")
    if len(text) != _IBAN_LENGTHS.get(text[:2]):
        return False
    return int("".join(str(int(char, 36)) for char in text[4:] + text[:4])) % 97 == 1


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


def _is_card(match: re.Match[str]) -> bool:
    digits = _digits(match["secret"])
    if not (_ISSUERS.fullmatch(digits) and luhn(digits) and len(set(digits)) > 1):
        return False
    return len(digits) < len(match["secret"]) or not follows_an_id_key(match)


def _is_account(match: re.Match[str]) -> bool:
    return iban(match["secret"])


def _is_telephone(match: re.Match[str]) -> bool:
    secret = match["secret"]
    decimal = secret.count(".") == 1 and not re.search("[ ()/-]", secret)
    return not decimal and (len(_digits(secret)) >= 10 or " " in secret)


def _is_outside(match: re.Match[str]) -> bool:
    """An address of the Internet. Four small numbers are rather a version, unless they stand in an address."""
    try:
        address = ipaddress.IPv4Address(match["secret"])
    except ValueError:
        return False
    front = before(match)
    in_url = front.endswith("//")
    if any(address in network for network in _LOCAL) or (not in_url and _VERSION.search(front)):
        return False
    return in_url or max(address.packed) > 31


def _is_ipv6(match: re.Match[str]) -> bool:
    try:
        ipaddress.IPv6Address(match["secret"])
    except ValueError:
        return False
    return True


def _is_person(match: re.Match[str]) -> bool:
    return match["secret"].lower() not in _COMMON_USERS and not _ROUTE.search(before(match))


def _is_device(match: re.Match[str]) -> bool:
    return len(set(_joined(match["secret"].replace(":", "")))) > 1  # not “all” and “none”


def _joined(text: str) -> str:
    return text.replace(" ", "").replace("-", "")


PERSONS: tuple[Rule, ...] = (
    Rule("email", _EMAIL, ("@", "%40"), same=lambda text: text.lower().replace("%40", "@")),
    Rule("email", _CUT_EMAIL, ("…",)),
    Rule("iban", _IBAN, (), _is_account, _joined),
    Rule("card", _CARD, (), _is_card, _joined),
    Rule("ssn", _SSN, ("-",)),
    Rule("phone", _PHONE, ("+", "%2b"), _is_telephone, _digits),
    Rule("phone", _NATIONAL, ("tel", "phone", "mobile", "fax"), same=_digits),
    Rule("mac", _MAC, (":", "-"), _is_device, str.lower),
    Rule("client", _IPV4, (".",), _is_outside),
    Rule("client", _IPV6, (":",), _is_ipv6, str.lower),
    Rule("user", _FOLDER, ("/home/", "/users/"), _is_person),
    Rule("user", _WINDOWS_FOLDER, (":\\",), _is_person, str.lower),
)
