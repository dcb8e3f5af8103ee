"""Months, and halves of a day, as programs write them that speak their users' language (Java and what runs on it)."""

from __future__ import annotations

import re
from typing import Final

_NAMES: Final = (
    "janv janvier januar ene enero gen gennaio jan janeiro 一月 1月 1월 янв января sty",
    "févr février februar feb febrero febbraio fev fevereiro 二月 2月 2월 февр февраля lut",
    "mars mär märz mar marzo março 三月 3月 3월 марта",
    "avr avril april abr abril apr aprile 四月 4月 4월 апр апреля kwi",
    "mai may mayo mag maggio maio 五月 5月 5월 мая maj",
    "juin jun juni junio giu giugno junho 六月 6月 6월 июн июня cze",
    "juil juillet jul juli julio lug luglio julho 七月 7月 7월 июл июля lip",
    "août aug august ago agosto 八月 8月 8월 авг августа sie",
    "sept septembre sep september septiembre set settembre setembro 九月 9月 9월 сент сентября wrz",
    "oct octobre okt oktober octubre ott ottobre out outubro 十月 10月 10월 окт октября paź",
    "nov novembre november noviembre novembro 十一月 11月 11월 нояб ноября lis",
    "déc décembre dez dezember dic diciembre dicembre dezembro 十二月 12月 12월 дек декабря gru",
)
_NUMBERS: Final = {name: number for number, names in enumerate(_NAMES, 1) for name in names.split()}
_SPELLED: Final = sorted(
    {*_NUMBERS, *(name.capitalize() for name in _NUMBERS)}, key=lambda name: (-len(name), name)
)
MONTH: Final = "(?:" + "|".join(_SPELLED) + r")\.?"
"""Matches a month in French, German, Spanish, Italian, Portuguese, Chinese, Japanese, Korean, Russian or Polish."""

_AFTERNOON: Final = "PM pm 下午 午後 오후"
_MORNING: Final = "AM am 上午 午前 오전"
HALF: Final = "(?:" + "|".join((*_AFTERNOON.split(), *_MORNING.split())) + "|[APap]\\.(?: |\u00a0)?[Mm]\\.)"
"""Matches what stands beside an hour of twelve."""
_IS_AFTERNOON: Final = re.compile("[Pp]|" + "|".join(_AFTERNOON.split()))


def month_number(name: bytes) -> int:
    """1 to 12 of what :data:`MONTH` matched."""
    return _NUMBERS[name.decode().rstrip(".").lower()]


def is_afternoon(half: bytes) -> bool:
    """Whether what :data:`HALF` matched is the second half of a day."""
    return _IS_AFTERNOON.match(half.decode()) is not None
