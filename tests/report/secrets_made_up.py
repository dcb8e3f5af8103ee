"""Secrets that nobody issued, made up in the shapes of real ones, and ids that are none."""

from __future__ import annotations

import base64
import random
import string
import uuid
from collections.abc import Callable

ALNUM = string.ascii_letters + string.digits
HEX = "0123456789abcdef"
Chance = random.Random


def some(chance: Chance, letters: str, length: int) -> str:
    return "".join(chance.choice(letters) for _ in range(length))


def aws_secret(chance: Chance) -> str:
    while True:
        secret = some(chance, ALNUM + "+/", 40)
        if any(map(str.isdigit, secret)):
            return secret


def basic(chance: Chance) -> str:
    pair = f"{some(chance, string.ascii_lowercase, 6)}:{some(chance, ALNUM, 10)}"
    return "Basic " + base64.b64encode(pair.encode()).decode()


def part(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def jwt(chance: Chance) -> str:
    return ".".join(
        (part('{"alg":"HS256"}'), part(f'{{"sub":"{chance.random()}"}}'), some(chance, ALNUM + "-_", 43))
    )


def with_check_digit(digits: str) -> str:
    """The number with Luhn's check digit."""
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(digits))]
    total = sum(number - 9 if number > 9 else number for number in doubled)
    return digits + str(-total % 10)


def card(chance: Chance) -> str:
    start, length = chance.choice([("4", 16), ("51", 16), ("37", 15), ("6011", 16), ("3530", 16)])
    digits = with_check_digit(start + some(chance, string.digits, length - len(start) - 1))
    grouped = " ".join((digits[:4], digits[4:8], digits[8:12], digits[12:]))
    return chance.choice([digits, grouped]) if length == 16 else digits


def iban(chance: Chance) -> str:
    country, length = chance.choice([("DE", 22), ("FR", 27), ("NL", 18)])
    account = some(chance, string.digits, length - 4)
    rest = int("".join(str(int(char, 36)) for char in account + country + "00")) % 97
    number = f"{country}{98 - rest:02d}{account}"
    grouped = " ".join(number[place : place + 4] for place in range(0, length, 4))
    return chance.choice([number, grouped])


def public_ip(chance: Chance) -> str:
    return (
        f"{chance.randint(60, 90)}.{chance.randint(0, 255)}.{chance.randint(0, 255)}.{chance.randint(1, 254)}"
    )


def private_key(chance: Chance) -> str:
    kind = chance.choice(["RSA ", "EC ", "", "OPENSSH "])
    body = "\n".join(some(chance, ALNUM + "+/", 64) for _ in range(3))
    return f"-----BEGIN {kind}PRIVATE KEY-----\n{body}\n-----END {kind}PRIVATE KEY-----"


# Each makes a text and what of it must be gone; by kind, as real incident bundles hold them.
SECRETS: dict[str, Callable[[Chance], tuple[str, str]]] = {
    "aws key": lambda c: whole("AKIA" + some(c, string.ascii_uppercase + string.digits, 16)),
    "aws secret": lambda c: whole(aws_secret(c)),
    "google key": lambda c: whole("AIza" + some(c, ALNUM + "-_", 35)),
    "github": lambda c: whole("ghp_" + some(c, ALNUM, 36)),
    "gitlab": lambda c: whole("glpat-" + some(c, ALNUM, 20)),
    "slack": lambda c: whole(f"xoxb-{some(c, string.digits, 12)}-{some(c, ALNUM, 24)}"),
    "stripe": lambda c: whole("sk_live_" + some(c, ALNUM, 24)),
    "openai": lambda c: whole("sk-proj-1" + some(c, ALNUM, 40)),
    "basic": lambda c: last(basic(c)),
    "bearer": lambda c: last("Bearer " + some(c, ALNUM + "._-", 39) + "7"),
    "jwt": lambda c: whole(jwt(c)),
    "card": lambda c: whole(card(c)),
    "iban": lambda c: whole(iban(c)),
    "ssn": lambda c: whole(f"{c.randint(100, 599)}-{c.randint(10, 99)}-{c.randint(1000, 9999)}"),
    "email": lambda c: whole(
        f"{some(c, ALNUM, 5)}.{some(c, ALNUM, 6)}@mail.{some(c, string.ascii_lowercase, 7)}.com"
    ),
    "ipv4": lambda c: whole(public_ip(c)),
    "ipv6": lambda c: whole(f"2001:db8::{some(c, HEX, 4)}:{some(c, HEX, 4)}"),
    "phone": lambda c: whole(f"+1 ({c.randint(201, 989)}) 555-0{c.randint(100, 199)}"),
    "mac": lambda c: whole(":".join(some(c, HEX, 2) for _ in range(6))),
    "private key": lambda c: whole(private_key(c)),
    "url": lambda c: inner("https://user:{}@db.example.com/x", some(c, ALNUM, 9)),
    "url query": lambda c: inner("https://h.example.com/x?a=1&access_token={}&b=2", some(c, ALNUM, 12)),
    "dsn": lambda c: inner("postgres://app:{}@10.0.0.5:5432/prod", some(c, ALNUM + "!", 9)),
    "ado": lambda c: inner("Server=db1;User Id=sa;Password={};Encrypt=true", some(c, ALNUM, 10)),
    "cookie": lambda c: inner("session={}; Path=/; HttpOnly", some(c, ALNUM, 24)),
    "home": lambda c: inner("/home/{}/project/x.py", "j" + some(c, string.ascii_lowercase, 6)),
}

# Where a secret may stand.
CONTEXTS: dict[str, Callable[[str], str]] = {
    "alone": lambda text: text,
    "a sentence": lambda text: f"op {text} failed after 3 tries",
    "a statement": lambda text: f"select '{text}'",
    "JSON": lambda text: f'{{"level": "info", "value": "{text}", "n": 1}}',
    "a pair": lambda text: f"time=14:07:31 value={text}",
}


def whole(text: str) -> tuple[str, str]:
    return text, text


def last(text: str) -> tuple[str, str]:
    return text, text.rsplit(maxsplit=1)[-1]


def inner(text: str, secret: str) -> tuple[str, str]:
    return text.format(secret), secret


def decimal(chance: Chance, bits: int) -> str:
    return str(chance.getrandbits(bits))


def base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = (string.digits + string.ascii_lowercase)[rest] + digits
    return digits


def uuid4(chance: Chance) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))


IDS: dict[str, Callable[[Chance], str]] = {
    "trace id": lambda c: some(c, HEX, 32),
    "span id": lambda c: some(c, HEX, 16),
    "trace id, upper case": lambda c: some(c, HEX, 32).upper(),
    "trace id, base64": lambda c: base64.b64encode(c.randbytes(16)).decode(),
    "span id, base64": lambda c: base64.b64encode(c.randbytes(8)).decode(),
    "trace id, decimal": lambda c: decimal(c, 64),
    "traceparent": lambda c: f"00-{some(c, HEX, 32)}-{some(c, HEX, 16)}-01",
    "X-Ray": lambda c: f"1-{some(c, HEX, 8)}-{some(c, HEX, 24)}",
    "uuid": uuid4,
    "uuid, upper case": lambda c: uuid4(c).upper(),
    "request id": lambda c: f"rq-{some(c, HEX, 10)}",
    "ulid": lambda c: "01" + some(c, "0123456789ABCDEFGHJKMNPQRSTVWXYZ", 24),
    "ksuid": lambda c: some(c, ALNUM, 27),
    "nanoid": lambda c: some(c, ALNUM + "_-", 21),
    "object id": lambda c: some(c, HEX, 24),
    "snowflake": lambda c: str(chance_between(c, 10**17, 2 * 10**18)),
    "upper base36": lambda c: base36(c.getrandbits(100)).upper(),
    "git": lambda c: some(c, HEX, 40),
    "digest": lambda c: f"registry.example.com/team/app@sha256:{some(c, HEX, 64)}",
    "digest, base64": lambda c: base64.b64encode(c.randbytes(32)).decode(),
    "fingerprint": lambda c: ":".join(some(c, HEX, 2) for _ in range(20)),
    "version": lambda c: ".".join(str(c.randint(0, 30)) for _ in range(c.choice([3, 4]))),
    "semantic version": lambda c: (
        f"v{c.randint(0, 9)}.{c.randint(0, 99)}.{c.randint(0, 999)}-rc.{c.randint(1, 9)}+{some(c, HEX, 7)}"
    ),
    "agent": lambda c: f"Chrome/{c.randint(90, 140)}.0.0.0",
    "pod": lambda c: f"feature-store-{some(c, HEX, 10)}-{some(c, string.ascii_lowercase, 5)}",
    "s": lambda c: str(chance_between(c, 10**9, 2 * 10**9)),
    "ms": lambda c: str(chance_between(c, 10**12, 2 * 10**12)),
    "µs": lambda c: str(chance_between(c, 10**15, 2 * 10**15)),
    "ns": lambda c: str(chance_between(c, 10**18, 2 * 10**18)),
    "ISO time": lambda c: (
        f"2026-11-{c.randint(1, 28):02d}T14:07:{c.randint(0, 59):02d}.{some(c, string.digits, 9)}Z"
    ),
    "offset": lambda c: f"m=+{c.randint(0, 99999)}.{some(c, string.digits, 9)}",
    "private address": lambda c: f"10.{c.randint(0, 255)}.{c.randint(0, 255)}.{c.randint(1, 254)}:8080",
    "metric": lambda c: str(c.random() * 10 ** c.randint(-3, 12)),
    "package": lambda c: f"lodash@{c.randint(1, 9)}.{c.randint(0, 99)}.{c.randint(0, 99)}",
    "path": lambda c: "/api/v2/Users/" + some(c, string.digits, 6) + "/orders",
    "class": lambda c: f"com.example.{some(c, string.ascii_lowercase, 8)}.UserTokenServiceImpl$Inner",
}


def chance_between(chance: Chance, low: int, high: int) -> int:
    return chance.randrange(low, high)
