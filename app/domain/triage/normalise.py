"""Bring what people type to one form, so that a rule is written once."""

import re
import unicodedata
from collections.abc import Mapping

MAX_LENGTH = 2000

_SENTENCE_END = re.compile(r"[!?。;\n\r…]+|\.{2,}|~+")
_COMMA = re.compile(r"[,、:\"“”‘’'()\[\]【】《》]+")
_SPACES = re.compile(r"\s+")
_NOISE = re.compile(r"[^\w,。.%/+\-#℃°\s]")
# A blank beside a lone character is spacing for effect (漏 电 了); between words it stands for a comma.
# A mark bounds a character as the end of the text does, so that a sentence reads alike whatever follows it.
_LONE = re.compile(r"(?<=(?<![^\s,。])[\u4e00-\u9fff])\s+|\s+(?=[\u4e00-\u9fff](?![^\s,。]))")
_MARKS = re.compile(r"[,。]*。[,。]*|,+")


class Normaliser:
    """`simplified` maps traditional characters one to one; `typos` maps frequent slips to the word meant."""

    def __init__(self, simplified: Mapping[str, str], typos: Mapping[str, str]) -> None:
        self._table = str.maketrans(dict(simplified))
        self._typos = dict(typos)
        longest_first = sorted(typos, key=len, reverse=True)
        self._typo = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def __call__(self, text: str) -> str:
        text = unicodedata.normalize("NFKC", text[:MAX_LENGTH]).lower().translate(self._table)
        text = _SENTENCE_END.sub("。", text)
        text = _COMMA.sub(",", text)
        text = _NOISE.sub(" ", text).strip()
        text = _SPACES.sub(",", _LONE.sub("", text))
        text = _MARKS.sub(lambda found: "。" if "。" in found[0] else ",", text)
        return self._typo.sub(lambda found: self._typos[found[0]], text)
