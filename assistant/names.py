"""Names: where a text names a person, told from eponyms, scales and authors by what stands beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from assistant.name_words import UPPER, NameLists, Word, fold

Span = tuple[int, int]

_LETTER = r"[^\W\d_]"
_WORD = re.compile(rf"{_LETTER}(?:{_LETTER}|['\-](?={_LETTER}))*|\d+")
_BETWEEN = re.compile(r"\.?[ \t]{1,2}$|\.$|,[ \t]$")
_YEAR = re.compile(r"[\s,]*\(?(?:19|20)\d{2}\b")
_JAPANESE = re.compile(
    r"[一-龯々ァ-ヶー]{2,8}(?=さん|様|氏|先生|くん|ちゃん)|(?<=患者)[一-龯]{2,5}(?=は|が|、|の)"
)
_INITIALS = re.compile(
    r"\b(?i:pts?|patient|client|initials)[.:]?\s+(?P<id>(?:[A-Z]\.\s?){2,3}|[A-Za-z]\.[A-Za-z][a-z]{2,}|(?<=initials\s)[A-Z]{2,3}\b)"
)
_SIGN_OFF = re.compile(
    rf"(?im:^\s*(?:thanks|thank you|regards|best|best regards|kind regards|sincerely|cheers|yours)\s*[,!.]\s*)\n\s*(?P<id>[{UPPER}][\w'\-]+(?:\s[{UPPER}][\w.'\-]*){{0,3}})\s*(?=\n|$|,)"
)
_BEFORE_A_MARK = re.compile(
    r"\b(?:pts?|patient|client|name)[.:]?\s+(?P<id>[^\W\d_][\w'\-]+(?:\s[^\W\d_][\w'\-]+){0,2})"
    r"(?=\s*,?\s*\(?(?:dob|d\.o\.b|mrn|ssn|\d{1,3}\s?(?:yo|y/o|yr|year|[fm]\b)))",
    re.IGNORECASE,
)
LONGEST = 4  # words in one name


_cache: dict[int, NameLists] = {}


def find_names(text: str, lists: Mapping[str, Any]) -> Iterator[Span]:
    """Where the text names a person who is no author and no eponym; spans may overlap."""
    known = _cache.get(id(lists)) or _cache.setdefault(id(lists), NameLists(lists))
    words = [Word(match.group(), *match.span()) for match in _WORD.finditer(text)]
    scan = _Scan(text, words, known)
    for at in range(len(words)):
        span = (
            scan.after_title(at)
            or scan.after_cue(at)
            or scan.pair(at)
            or scan.reversed_pair(at)
            or scan.alone(at)
        )
        if span:
            yield span
    for pattern in (_INITIALS, _SIGN_OFF):
        yield from (match.span("id") for match in pattern.finditer(text))
    for match in _BEFORE_A_MARK.finditer(text):
        if not any(fold(word.lower()) in known.not_a_name for word in match["id"].split()):
            yield match.span("id")
    yield from (match.span() for match in _JAPANESE.finditer(text))


class _Scan:
    """One text's words, looked at one by one."""

    def __init__(self, text: str, words: list[Word], known: NameLists) -> None:
        self.text = text
        self.words = words
        self.known = known

    def after_title(self, at: int) -> Span | None:
        """The name after "Dr.", "Mrs" and the like; an author where a paper is spoken of."""
        word = self.words[at]
        low = word.low
        if low not in self.known.title or not self._joined(at):
            return None
        following = self.words[at + 1]
        plain_title = (
            low in {"mr", "mrs"} and not word.text.isupper() and following.low not in self.known.not_a_name
        )
        open_title = word.text[0].isupper() and low not in {"sr", "sister", "father", "doctor", "nurse"}
        last = self._name(at + 1, unknown=open_title, small=plain_title and len(following.text) > 2)  # noqa: PLR2004 - "mr x" says nothing
        if last is None:
            return None
        span = (self.words[at + 1].start, self.words[last].bare_end)
        return (
            None
            if low in {"dr", "drs", "prof", "professor", "doctor"} and self._author(span, year=True)
            else span
        )

    def after_cue(self, at: int) -> Span | None:
        """The name after "pt", "my patient", "named" and the like."""
        word = self.words[at]
        if word.low not in self.known.cue or at + 1 >= len(self.words):
            return None
        gap = self.text[word.end : self.words[at + 1].start]
        if (
            word.low == "name"
            and re.match(r" (?:is|was) \S", self.text[word.end :])
            and at + 2 < len(self.words)
        ):
            return self._plain_name(at + 2, unknown=True)
        if gap in {", ", ". "}:
            return self._set_apart(at + 1, comma=gap == ", ")
        if re.fullmatch(r"\s?[:=]\s*", gap):
            return self._plain_name(at + 1, unknown=word.low in {"name", "patient", "pt", "client", "attn"})
        if not re.fullmatch(r"\s{1,2}|\s?[\-(]\s?|'s\s", gap):
            return None
        return self._plain_name(at + 1, unknown=self._sure(at, gap)) or self._capital_cue(at, gap)

    def _sure(self, at: int, gap: str) -> bool:
        """Whether after this cue any capitalised word is a name, listed or not."""
        word = self.words[at]
        if word.low in {"named", "called", "name"}:
            return any(before.low in self.known.cue for before in self.words[max(0, at - 3) : at])
        return (
            word.low not in self.known.weak_cue and gap == " " and (word.text[0].islower() or word.capitals)
        )

    def _capital_cue(self, at: int, gap: str) -> Span | None:
        """The name after "Patient" at a sentence's start, where it does what a person does."""
        word = self.words[at]
        if word.low in self.known.weak_cue or not word.text[0].isupper() or gap != " ":
            return None
        last = self._name(at + 1, unknown=True, small=False)
        return (
            self._plain_name(at + 1, unknown=True)
            if last is not None and self._person_follows(last)
            else None
        )

    def _plain_name(self, at: int, *, unknown: bool) -> Span | None:
        """The name that begins at a word, unless it is an eponym's."""
        last = self._name(at, unknown=unknown, small=False)
        if last is None or (
            last == at and self.words[last].low in self.known.eponyms and self._eponymous(last)
        ):
            return None
        span = (self.words[at].start, self.words[last].bare_end)
        cited = at > 0 and self.words[at - 1].low in {"re", "regarding"} and self._author(span, year=True)
        return None if cited else span

    def _set_apart(self, at: int, *, comma: bool) -> Span | None:
        """The name after "the patient," or "my pt.": a listed one, or any that is closed by a comma or does what a person does."""
        last = self._name(at, unknown=False, small=False)
        if last is None:
            last = self._name(at, unknown=True, small=False)
            closed = last is not None and comma and self.text[self.words[last].end :].startswith(",")
            if last is None or not (closed or self._person_follows(last)):
                return None
        return self.words[at].start, self.words[last].bare_end

    def pair(self, at: int) -> Span | None:
        """A first name and what follows it as a surname; or an initial and a common surname."""
        if not self._joined(at):
            return None
        word, following = self.words[at], self.words[at + 1]
        listed = word.low in self.known.first and following.low not in self.known.not_a_name
        both = listed and (following.low in self.known.last or following.low in self.known.first)
        if word.title_case or word.capitals:
            fits = listed and (
                following.title_case
                or (len(following.text) == 1 and following.text.isupper())
                or (following.capitals and word.capitals)
                or both
            )
            fits |= word.title_case and following.title_case and self._unknown_pair(at)
        else:
            fits = (
                both
                and word.low not in self.known.ambiguous
                and following.low not in self.known.word_surnames
            )
            initial = len(word.text) == 1 and word.text.isupper()
            fits |= (
                initial
                and following.title_case
                and following.low in self.known.last
                and following.low not in self.known.eponyms
            )
        if not fits or following.low in self.known.eponym_follows:
            return None
        last = self._name(at + 1, unknown=True, small=both)
        last = at + 1 if last is None else last
        span = (word.start, self.words[last].bare_end)
        possessive = self.words[last].bare_end < self.words[last].end
        eponym = (self._eponymous(last) and not (possessive and listed)) or (
            word.low in self.known.eponyms and following.low in self.known.eponyms
        )
        return None if eponym or self._author(span, year=self._literature()) else span

    def reversed_pair(self, at: int) -> Span | None:
        """A surname, a comma and a first name."""
        if at + 1 >= len(self.words):
            return None
        word, following = self.words[at], self.words[at + 1]
        comma = re.fullmatch(r",[ \t]?", self.text[word.end : following.start])
        fits = (
            comma
            and following.low in self.known.first
            and (self._both_capital(word, following) or self._both_listed(word, following))
        )
        if (
            not fits
            or word.low in self.known.not_a_name
            or not (word.low in self.known.last or self._starts(at))
        ):
            return None
        if word.low not in self.known.last and following.low in self.known.ambiguous:
            return None
        return word.start, following.bare_end

    def _both_capital(self, word: Word, following: Word) -> bool:
        return (word.title_case or word.capitals) and following.text[0].isupper()

    def _both_listed(self, word: Word, following: Word) -> bool:
        """Whether in small letters both can hardly be anything but a name."""
        plain = following.low not in self.known.ambiguous and word.low not in self.known.word_surnames
        return plain and word.low in self.known.last

    def alone(self, at: int) -> Span | None:
        """A first name that is no other word, or a surname that does what a patient does."""
        word = self.words[at]
        span = (word.start, word.bare_end)
        if (
            not word.title_case
            or self._eponymous(at)
            or self._author(span, year=word.low not in self.known.first)
        ):
            return None
        if (
            word.low in self.known.first
            and word.low not in self.known.ambiguous
            and word.low not in self.known.eponyms
        ):
            return span
        surname = word.low in self.known.last | self.known.first and word.low not in self.known.word_surnames
        if surname and self._person_follows(at) and word.low not in self.known.eponyms:
            return span
        if word.low not in self.known.not_a_name and self.known.degree.match(self.text, word.end):
            return span
        return None

    def _name(self, at: int, *, unknown: bool, small: bool) -> int | None:
        """The last word of the name that begins at a word, None where none begins there."""
        last = None
        for here in range(at, min(at + LONGEST, len(self.words))):
            word = self.words[here]
            if here > at and not self._joined(here - 1):
                break
            in_lists = word.low in self.known.first or word.low in self.known.last
            accepted = in_lists and not (
                word.text.islower() and word.low in self.known.word_surnames and last is None
            )
            accepted |= unknown and word.title_case
            accepted |= small and here == at
            accepted |= last is not None and (word.title_case or (word.capitals and self.words[at].capitals))
            accepted |= (
                len(word.text) == 1
                and word.text.isupper()
                and here + 1 < len(self.words)
                and (last is not None or self._joined(here))
            )
            if (
                len(word.text) > 1
                and word.low in self.known.not_a_name
                and not (word.low in self.known.first and word.title_case)
            ):
                accepted = False
            if accepted and not word.text.isdigit():
                last = here
            elif not (word.low in self.known.particle and (unknown or last is not None)):
                break
        if last is not None and len(self.words[last].text) == 1 and last == at:
            return None
        return last

    def _joined(self, at: int) -> bool:
        """Whether nothing but a space or a title's full stop stands between a word and the next."""
        if at + 1 >= len(self.words):
            return False
        gap = self.text[self.words[at].end : self.words[at + 1].start]
        if self.words[at].text.lower().endswith("'s"):
            return False
        short = len(self.words[at].text) == 1 or self.words[at].low in self.known.title
        return gap in {" ", "  ", "\t"} or (short and gap in {". ", "."})

    def _starts(self, at: int) -> bool:
        before = self.text[: self.words[at].start].rstrip(" \t")
        return not before or before[-1] in "\n.:;("

    def _eponymous(self, at: int) -> bool:
        if self.words[at].bare_end < self.words[at].end and self.words[at].low not in self.known.eponyms:
            return False
        follows = [word.low for word in self.words[at + 1 : at + 3]]
        near = (
            follows[:1]
            if follows and self.text[self.words[at].end : self.words[at + 1].start].strip(" '-&") == ""
            else []
        )
        if near and near[0] in self.known.eponyms | {"and"} and follows[1:]:
            near = follows[1:]
        return bool(near) and near[0] in self.known.eponym_follows

    def _person_follows(self, at: int) -> bool:
        after = self.text[self.words[at].end :]
        word = re.match(r"[\s,\-(]*([\w/]+)", after)
        aged = re.match(r"[\s,(\-]*\d{1,3}[\s\-]*(?:yo|y/o|y\.o|yr|year|[FM]\b)", after)
        return bool(aged or (word and word.group(1).lower() in self.known.person_follows))

    def _unknown_pair(self, at: int) -> bool:
        pair = self.words[at : at + 2]
        plain = all(
            w.low not in self.known.not_a_name | self.known.eponyms | self.known.eponym_follows for w in pair
        )
        strong = re.match(
            r"[\s,(\-]*(?:\d{1,3}[\s\-]*(?:yo|y/o|y\.o|yr|year)|DOB|MRN|SSN|wants|would\slike|asked|asks|came|presented|presents|called|complains|c/o|lives)\b",
            self.text[pair[-1].end :],
        )
        return plain and bool(strong)

    def _literature(self) -> bool:
        return bool(
            re.search(
                r"\b(?:papers?|study|studies|trials?|et al|pubmed|journal|abstract|article|review|published|doi|pmid)\b",
                self.text,
                re.IGNORECASE,
            )
        )

    def _author(self, span: Span, *, year: bool) -> bool:
        """Whether a paper is spoken of beside the name."""
        if year and _YEAR.match(self.text, span[1]):
            return True
        return bool(
            self.known.author_follows.match(self.text, span[1])
            or self.known.author_before.search(self.text, 0, span[0])
        )
