"""Secrets that their key gives away: ``password=…``, ``"api_key": "…"``, ``--token …``, fields by name."""

from __future__ import annotations

import re
from functools import lru_cache

from explorer.report.secret import Rule, before

_LOGIN_WORDS = ("password", "passwd", "pwd", "passphrase", "passcode")
_ACCESS_WORDS = ("secret", "token", "credentials", "credential", "jwt", "x-auth", "authorization")
_KEYS_TO = (
    "api", "access", "secret", "private", "auth", "account", "shared", "master", "signing", "encryption",
    "subscription", "sas", "ssh", "client",
)  # fmt: skip
_ACCESS_KEYS = tuple(f"{word}{between}key" for word in _KEYS_TO for between in ("", "_", "-", ".", " "))
# What stands between a key and its value: = : =>, quotes also escaped, a JSON list; and the pairs
# {"key": …, "value": {"stringValue": …}} of OpenTelemetry and {"key": …, "type": …, "value": …} of Jaeger.
_PAIR = (
    r"\\?\"\s?,\s?(?:\\?\"type\\?\"\s?:\s?\\?\"\w{1,10}\\?\"\s?,\s?)?"
    r"\\?\"value\\?\"\s?:\s?(?:\{\s?\\?\"\w{1,12}\\?\"\s?:\s?)?"
)
_OPENED = r"(?:\[|\{\s?\\?\"\w{1,12}\\?\"\s?:\s?)?"
_BETWEEN = rf"(?P<between>{_PAIR}|\\?[\"']?\s{{0,3}}(?:=>|:=|[:=]|%3D)\s{{0,3}}{_OPENED})"
_SCHEME = r"(?:(?:bearer|basic|token|apikey|api-key|negotiate|ntlm|key)\s{1,3})?"
_VALUE = (
    rf"(?P<quote>\\?[\"'])?{_SCHEME}(?P<secret>(?(quote)(?:(?!(?P=quote))(?:\\.|[^\r\n\\])){{1,4096}}"
    r"|[^\s\"'&;,<>\\]{0,4095}[^\s\"'&;,<>\\)\]}.:]))"
)
_FLAG = r"(?<!\S)--?(?:\w{1,20}-){0,3}"

# What a value may be without being a secret, in lower case.
_SAYS_NOTHING = frozenset(
    "true false yes no on off null none nil undefined empty unset missing invalid expired required incorrect wrong"
    " denied rejected revoked must should is are was not redacted filtered hidden masked string str int bytes text"
    " ok failed error unknown optional default bearer basic digest aws4-hmac-sha256 oauth hawk hmac signature token"
    " key negotiate ntlm".split()
)
# Words before “token” that make it something else: of a language model, of a parser.
_OTHER_TOKENS = re.compile(
    r"(?:eos|bos|pad|unk|sep|cls|mask|stop|special|unexpected|input|output|next|prompt)[_\s-]?$"
)
_PLACEHOLDER = re.compile(
    r"<[^>]*>?|\$[{(].*|\$[A-Z_]+|%s|%\(.*|%[A-Z_]+%|\{\{.*|\{\w*\}|\[[\w ]*\]?|\*{2,}.*|[xX]{4,}|•+.*",
    re.DOTALL,
)
_NAME_IN_CODE = re.compile(r"[A-Za-z_][\w.]*")

_PASSWORD_WORDS = frozenset(
    {"password", "passwd", "pwd", "passphrase", "passcode", "mysqlpwd", "pgpassword", "dbpassword"}
)
_TOKEN_WORDS = frozenset(
    "secret token credential credentials jwt authorization apikey accesskey secretkey privatekey authkey signingkey"
    " accesstoken authtoken sessiontoken refreshtoken idtoken clientsecret appsecret bearer auth".split()
)
_COOKIE_WORDS = frozenset({"cookie", "cookies", "jsessionid", "phpsessid"})
_CARD_WORDS = frozenset({"cvv", "cvc", "cvv2", "pan", "cardnumber", "ccnumber"})
_ID_WORDS = frozenset(
    "id ids uuid guid hash digest sha md5 sha1 sha256 checksum etag commit revision version ver timestamp time ts date"
    " seq sequence offset fingerprint traceparent tracestate traceid spanid requestid count size bytes ns us ms".split()
)
_ID_BEFORE = re.compile(
    r"(?:id|ids|uuid|hash|digest|sha\d*|seq|offset|timestamp|time|ts|_?no|nr|number|#)[\"'\\]*\s?[:=#]?\s?[\"'\\]*$"
)


@lru_cache(maxsize=4096)
def words(name: str) -> tuple[str, ...]:
    """The words of a field's name, in lower case: ``http.request.header.xApiKey`` has six."""
    return tuple(word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+\d*|\d+", name[:256]))


@lru_cache(maxsize=4096)
def kind_of_field(name: str) -> str | None:
    """The kind of secret that a field of that name holds; None if its name gives nothing away."""
    parts = words(name)
    if not parts:
        return None
    last, pair = parts[-1], "".join(parts[-2:])
    if last in _PASSWORD_WORDS or pair in _PASSWORD_WORDS:
        return "password"
    if last in _COOKIE_WORDS:
        return "cookie"
    if last in _CARD_WORDS or pair in _CARD_WORDS:
        return "card"
    if last == "ssn":
        return "ssn"
    named_so = last in _TOKEN_WORDS or pair in _TOKEN_WORDS
    keyed = last == "key" and len(parts) > 1 and parts[-2] in _KEYS_TO
    other = len(parts) > 1 and _OTHER_TOKENS.search(parts[-2]) is not None
    return "token" if (named_so or keyed) and not other else None


@lru_cache(maxsize=4096)
def holds_an_id(name: str) -> bool:
    """A field of that name holds ids, hashes, times or counts: numbers in it are no cards."""
    parts = words(name)
    return bool(parts) and parts[-1] in _ID_WORDS


def follows_an_id_key(match: re.Match[str]) -> bool:
    """What stands before a match says that an id, a hash or a time follows."""
    return _ID_BEFORE.search(before(match, 24)) is not None


def says_nothing(value: str) -> bool:
    """Such a value hides nothing even where a secret belongs: empty, ``null``, ``***``, ``${VARIABLE}``."""
    value = value.strip()
    return (
        value.lower() in _SAYS_NOTHING
        or not any(map(str.isalnum, value))
        or bool(_PLACEHOLDER.fullmatch(value))
    )


def _is_value(match: re.Match[str]) -> bool:
    """The value of a password's key: anything but a word that says nothing, code, and the folder ``PWD``."""
    folder = match.group()[:3].lower() == "pwd" and match["secret"].startswith(("/", "~"))
    return not (folder or says_nothing(match["secret"]) or _is_code(match))


def _is_token_value(match: re.Match[str]) -> bool:
    """The value of a token's key, which is a common word: where it could be prose, it must look random."""
    secret = match["secret"].strip()
    if not _is_value(match) or _OTHER_TOKENS.search(before(match)):
        return False
    random = len(secret) >= 20 or (len(secret) >= 8 and any(map(str.isdigit, secret)))
    bare_word = (
        match.group().lower().startswith("token") and not before(match, 1).strip("\"'\\ ?&{,;(").strip()
    )
    tight = match["between"].strip("\\\"'[") in {"=", ":=", "%3D"} or match["quote"] is not None
    number = secret.isdigit() and len(secret) < 6
    return random or (tight and not number and not (bare_word and len(secret) < 6))


def _is_code(match: re.Match[str]) -> bool:
    """``token = next_token()``, ``password=config["x"]``, lines of a stack trace, name no secret."""
    secret, between = match["secret"], match["between"]
    name = _NAME_IN_CODE.match(secret)
    if match["quote"] is not None or name is None:
        return False
    end = match.end("secret")
    after = (secret + match.string[end : end + 1])[name.end() :][:1]
    return after in {"(", "["} and ("." in name.group() or between != between.strip())


def _not_ids(match: re.Match[str]) -> bool:
    return not match["secret"].isdigit()


def _any_case(names: tuple[str, ...]) -> str:
    """One of the words in any case, longest first. Each begins with a plain letter: the engine looks for those
    letters only, as it would not if the whole were case-insensitive.
    """
    ordered = sorted(names, key=len, reverse=True)
    starts = [(letter, name[1:]) for name in ordered for letter in (name[0], name[0].upper())]
    return "(?:" + "|".join(f"{letter}(?i:{re.escape(rest)})" for letter, rest in starts) + ")"


def _keyed(kind: str, names: tuple[str, ...]) -> tuple[Rule, ...]:
    key = _any_case(names)
    accepted = _is_value if kind == "password" else _is_token_value
    flag = rf"{_FLAG}{key}\s{{1,3}}[\"']?(?P<secret>[^\s\"'-][^\s\"']{{0,4095}})"
    return (
        Rule(kind, re.compile(f"{key}(?i:{_BETWEEN}{_VALUE})"), names, accepted),
        Rule(kind, re.compile(flag), ("-",)),
        Rule(kind, re.compile(f"{key}>(?P<secret>[^<>\r\n]{{1,4096}})</"), ("</",)),
    )


_USER_FLAG = re.compile(r"(?<!\S)(?:-u|--user)\s{1,3}[\"']?[\w.@-]{1,64}:(?P<secret>[^\s\"']{1,128})")
_TYPED = re.compile(
    r"\b(?:sshpass\s{1,3}-p\s{0,3}|mysql(?:dump|admin)?\s(?:[^|;&\r\n]{0,200}\s)?-p)(?P<secret>[^\s\"'-][^\s\"']{0,127})"
)
_SIGNATURE = re.compile(
    r"(?<=[?&])(?:sig|signature|x-amz-signature|code)=(?P<secret>[\w%+/=.-]{16,512})", re.IGNORECASE
)

KEYED: tuple[Rule, ...] = (
    *_keyed("password", _LOGIN_WORDS),
    *_keyed("token", (*_ACCESS_WORDS, *_ACCESS_KEYS)),
    Rule("password", _USER_FLAG, ("-u",), _not_ids),
    Rule("password", _TYPED, ("sshpass", "mysql")),
    Rule("token", _SIGNATURE, ("?", "&")),
)
