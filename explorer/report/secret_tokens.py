"""Secrets that show what they are: keys with a known beginning, signed tokens, private keys, credentials in
headers and addresses.

Shapes are from the documentation of those who issue them; the list errs toward well-known prefixes, since a
key without one cannot be told from an id.
"""

from __future__ import annotations

import base64
import binascii
import re
from itertools import pairwise

from explorer.report.secret import Rule

# What comes first, and the shape of the rest; the beginning must not continue a longer word.
_ISSUED = (
    ("AKIA", "[A-Z0-9]{16}"),  # AWS access keys, of users and temporary
    ("ASIA", "[A-Z0-9]{16}"),
    ("ABIA", "[A-Z0-9]{16}"),
    ("AIza", r"[\w-]{35}"),  # Google API
    ("ya29.", r"[\w.-]{20,2048}"),  # Google OAuth
    ("GOCSPX-", r"[\w-]{20,64}"),
    ("ghp_", r"\w{30,255}"),  # GitHub
    ("gho_", r"\w{30,255}"),
    ("ghu_", r"\w{30,255}"),
    ("ghs_", r"\w{30,255}"),
    ("ghr_", r"\w{30,255}"),
    ("github_pat_", r"\w{22,255}"),
    ("glpat-", r"[\w.-]{20,255}"),  # GitLab
    ("gldt-", r"[\w.-]{20,255}"),
    ("glrt-", r"[\w.-]{20,255}"),
    ("xoxb-", r"[\w-]{10,255}"),  # Slack
    ("xoxp-", r"[\w-]{10,255}"),
    ("xoxa-", r"[\w-]{10,255}"),
    ("xoxr-", r"[\w-]{10,255}"),
    ("xoxs-", r"[\w-]{10,255}"),
    ("xapp-", r"[\w-]{10,255}"),
    ("sk_live_", r"\w{10,255}"),  # Stripe
    ("sk_test_", r"\w{10,255}"),
    ("rk_live_", r"\w{10,255}"),
    ("rk_test_", r"\w{10,255}"),
    ("whsec_", r"\w{16,255}"),
    ("sk-ant-", r"[\w-]{20,255}"),  # Anthropic, before the OpenAI shape that it fits too
    ("sk-", r"(?=[A-Za-z_-]{0,64}\d)[\w-]{20,255}"),  # OpenAI and what copies it
    ("hf_", r"[A-Za-z0-9]{30,64}"),  # Hugging Face
    ("npm_", r"[A-Za-z0-9]{36}"),
    ("pypi-", r"AgE[\w-]{50,255}"),
    ("SG.", r"[\w-]{16,32}\.[\w-]{16,64}"),  # SendGrid
    ("dapi", r"[0-9a-f]{32}(?:-\d)?"),  # Databricks
    ("dop_v1_", r"[0-9a-f]{64}"),  # DigitalOcean
    ("hvs.", r"[\w-]{20,255}"),  # Vault
    ("glsa_", r"\w{32,64}"),  # Grafana
    ("glc_", r"[\w=+/]{32,512}"),
    ("NRAK-", r"[A-Z0-9]{27}"),  # New Relic
    ("shpat_", r"[0-9a-fA-F]{32}"),  # Shopify
    ("lin_api_", r"\w{32,64}"),  # Linear
    ("AGE-SECRET-KEY-1", r"[A-Z0-9]{58}"),
)


def _issued(start: str, rest: str) -> Rule:
    # The letters first, so that they are searched for; what stands before them is looked at then.
    letters = re.escape(start)
    shape = rf"(?P<secret>{letters}(?<![\w-]{letters}){rest})(?![\w-])"
    return Rule("token", re.compile(shape, re.ASCII), (start.lower(),))


def _credentials(match: re.Match[str]) -> bool:
    """Base64 of ``user:password`` (RFC 7617)."""
    text = match["secret"].replace("-", "+").replace("_", "/").rstrip("=")
    try:
        decoded = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return False
    return b":" in decoded and all(byte >= 32 for byte in decoded)


def _looks_issued(match: re.Match[str]) -> bool:
    """Not the next word of a sentence (“bearer authentication failed”)."""
    secret = match["secret"]
    return any(char.isdigit() for char in secret) or len(secret) >= 20


def _has_digit(match: re.Match[str]) -> bool:
    return any(char.isdigit() for char in match["secret"])


def _are_cookies(match: re.Match[str]) -> bool:
    return "=" in match["secret"] and "<cookie#" not in match["secret"]


def _is_random(match: re.Match[str]) -> bool:
    """All sorts of characters, changing often. In words and paths digits are few and small letters in runs."""
    secret = match["secret"]
    sorts = [
        "A" if char.isupper() else "a" if char.islower() else "0" if char.isdigit() else "+"
        for char in secret
    ]
    changes = sum(one != other for one, other in pairwise(sorts))
    words, numbers = re.findall("[a-z]+", secret), re.findall("[0-9]+", secret)
    wordless = len(numbers) > 2 or changes >= 20 or sum(map(len, words)) < 2.4 * len(words)
    return {"A", "a", "0"} <= set(sorts) and changes >= 14 and wordless


_PEM = re.compile(
    r"(?P<secret>-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
    r".*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|\Z))",
    re.DOTALL,
)
# In an address (RFC 3986, 3.2.1): user:password@host, or a key alone. A password may hold an @.
_AUTHORITY = r"(?:(?<=://)|(?<=:\\/\\/))"  # some JSON escapes its slashes
_PASSWORD_IN_URL = re.compile(_AUTHORITY + r"[^\s/:@\"'<>?#]{0,256}:(?P<secret>[^\s/\"'<>?#]{1,256})@")
_KEY_IN_URL = re.compile(_AUTHORITY + r"(?P<secret>[\w-]{20,128})@")
_GO_LOGIN = re.compile(r"(?<![\w.-])[\w.-]{1,64}:(?P<secret>[^\s@/:\"']{1,128})@(?=(?:tcp|unix)\()")
_ORACLE_LOGIN = re.compile(r"(?<=:thin:)[\w.-]{1,64}/(?P<secret>[^\s@\"']{1,128})@")

_BEARER = re.compile(r"\bbearer(?:\s{1,3}|%20|: ?)(?P<secret>[\w.~+/-]{8,4096}={0,2})", re.IGNORECASE)
_BASIC = re.compile(r"\bbasic(?:\s{1,3}|%20)(?P<secret>[\w+/-]{4,512}={0,2})", re.IGNORECASE)
# Schemes with parameters (digest, request signatures) take the rest of the line.
_SIGNED = re.compile(
    r"authorization\\?[\"']?\s{0,3}[:=]\s{0,3}\\?[\"']?(?:digest|aws4-hmac-sha256|oauth|hawk|hmac|signature)\s"
    r"(?P<secret>[^\r\n]{1,8192})",
    re.IGNORECASE,
)
_COOKIES = re.compile(
    r"\b(?:set-)?cookie\\?[\"']?\s{0,3}[:=]\s{0,3}\[?\\?[\"']?(?P<secret>[\w.-]{1,128}=[^\"'\r\n\\]{1,8192})",
    re.IGNORECASE,
)
_COOKIE_LIST = re.compile(r"\bcookies?\\?[\"']\s?:\s?\[(?P<secret>[^\[\]\r\n]{1,8192})\]", re.IGNORECASE)
# A cookie without its header: known by its attributes (RFC 6265, 4.1.1), or by its name.
_COOKIE = re.compile(
    r"(?<![\w.-])[\w.-]{1,64}=(?P<secret>[^;=\s\"'<>]{8,2048}={0,2});"
    r"(?=\s?(?:path|domain|expires|max-age|httponly|secure|samesite)\b)",
    re.IGNORECASE,
)
_SESSION = re.compile(
    r"(?<!\w)(?:jsessionid|phpsessid|asp\.net_sessionid|connect\.sid|laravel_session|_session_id|cfid|cftoken)"
    r"(?:=|%3D)(?P<secret>[^;=&,?\s\"'<>]{8,2048})",
    re.IGNORECASE,
)
_JWT = re.compile(r"(?P<secret>eyJ(?<![\w.-]eyJ)[\w-]{8,8192}\.[\w-]{4,65536}(?:\.[\w-]{0,8192}){1,3})")
# The end of a text that was clipped.
_CUT = re.compile(
    r"(?<![\w.-])(?P<secret>(?:gh[pousr]_|github_pat_|glpat-|sk-|xox[abeprs]-|A[KS]IA|AIza|hf_|npm_|eyJ)[\w.-]{4,4096})(?=…)"
)
_AZURE = re.compile(r"(?<![\w~.-])(?P<secret>[\w~.-]{3}\dQ~[\w~.-]{31,34})(?![\w~.-])")
_TELEGRAM = re.compile(r"(?<!\w)(?P<secret>\d{8,10}:AA[\w-]{33})(?![\w-])")
_SLACK_HOOK = re.compile(r"(?<=hooks\.slack\.com/)(?P<secret>(?:services|workflows)/[\w/]{20,128})")
# AWS's secret keys have no beginning: forty characters of base64.
_FORTY = re.compile(r"(?<![\w+/.-])(?P<secret>[A-Za-z0-9+/]{40})(?![\w+/=.-])")

TOKENS: tuple[Rule, ...] = (
    Rule("key", _PEM, ("-----begin",)),
    Rule("password", _PASSWORD_IN_URL, ("://", ":\\/")),
    Rule("token", _KEY_IN_URL, ("://", ":\\/"), _has_digit),
    Rule("password", _GO_LOGIN, ("@tcp(", "@unix(")),
    Rule("password", _ORACLE_LOGIN, (":thin:",)),
    Rule("token", _SIGNED, ("authorization",)),
    Rule("cookie", _COOKIE_LIST, ("cookie",), _are_cookies),
    Rule("cookie", _COOKIES, ("cookie",)),
    Rule("cookie", _COOKIE, ("path", "domain", "expires", "max-age", "httponly", "secure", "samesite")),
    Rule("cookie", _SESSION, ("sess", "connect.sid", "cfid", "cftoken")),
    Rule("token", _BEARER, ("bearer",), _looks_issued),
    Rule("token", _BASIC, ("basic",), _credentials),
    Rule("token", _JWT, ("eyj",)),
    *(_issued(start, rest) for start, rest in _ISSUED),
    Rule("token", _CUT, ("…",)),
    Rule("token", _AZURE, ("q~",)),
    Rule("token", _TELEGRAM, (":aa",)),
    Rule("token", _SLACK_HOOK, ("hooks.slack.com/",)),
    Rule("token", _FORTY, (), _is_random),
)
