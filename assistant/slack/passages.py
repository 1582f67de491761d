"""Passages: one quote as a block (what the source is, its words, directly below them its citation), and as plain text."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote as percent

from assistant import citation
from assistant.answer import Quote
from assistant.shown import labels_shown
from assistant.slack import actions
from assistant.slack.budget import LONGEST_SENTENCE, PASSAGE, Block, cut, shorten
from assistant.slack.pieces import button, leaf, line, link, pressed, quote, rich
from assistant.terminal import details
from assistant.wording import STATUS_NAMES, Names, say
from corpus.document import Citation, Document, Status

BETWEEN = "\u00a0· "
"""Between labels: a line never begins with the dot."""
LABELS = 150
"""Characters of the values of one facet."""
DETAILS = 400
NAME = 200
LONGEST = {
    "title": 600,
    "journal": 300,
    "journal_abbreviation": 300,
    "date": 40,
    "volume": 40,
    "issue": 40,
    "pages": 40,
    "doi": 400,
    "pmid": 40,
    "url": 400,
}
"""Characters of each field of a citation; real ones stay far below."""
ADDRESS = 1_500
FRAGMENT_WORDS = 5
"""Words at each end of a passage that a text fragment names: enough to be found, few enough to stay short."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A quote at its place in a message.

    Attributes:
        number: as printed, from 1.
        part: the answer's part, from 0.
        longest: characters of the passage that are shown before it is cut at a sentence end.
    """

    quote: Quote
    number: int
    part: int
    longest: int = PASSAGE

    @property
    def words(self) -> str:
        """The passage as shown: whole, or as many whole sentences as fit; empty where not even one does."""
        return cut(self.quote.text, self.longest)

    @property
    def whole(self) -> bool:
        """Whether nothing of the passage is left out."""
        return len(self.words) == len(self.quote.text)


def passage_block(shown: Shown, names: Names) -> Block:
    """The passage with its labels before it and its citation directly below it."""
    top = [leaf(f"{shown.number}  ", bold=True)]
    for place, (text, weighty) in enumerate(_labels(shown, names)):
        top += [leaf(BETWEEN)] if place else []
        top.append(leaf(text, bold=weighty))
    if shown.quote.document.note:
        top.append(leaf("\n" + say("slack-own-note"), italic=True))
    below = citation_leaves(shown.quote.document, shown.quote.text)
    below += [leaf(f"\n{note}", italic=True) for note in _notes(shown)]
    words = [quote(shown.words)] if shown.words else []
    return rich(f"passage-{shown.part}-{shown.number}", [line(top), *words, line(below)])


def passage_text(shown: Shown, names: Names) -> tuple[str, str]:
    """The passage with its labels, and its citation with its address, both without markup."""
    document = shown.quote.document
    own = [say("slack-own-note")] if document.note else []
    words = [f"“{shown.words}”"] if shown.words else []
    above = "\n".join(
        [f"{shown.number}  {BETWEEN.join(text for text, _ in _labels(shown, names))}", *own, *words]
    )
    address = linked(citation.url(document))
    below = [cited(document), *_notes(shown)]
    if address and address not in below[0]:
        below.insert(1, address)
    return above, "\n".join(below)


def _labels(shown: Shown, names: Names) -> list[tuple[str, bool]]:
    return [
        (shorten(text, LABELS), weighty) for text, weighty in labels_shown(shown.quote, names) if text.strip()
    ]


def _notes(shown: Shown) -> list[str]:
    notes = [shorten(one, DETAILS) for one in details(shown.quote)]
    if shown.whole:
        return notes
    label = say("slack-whole", number=shown.number)
    if not shown.words:
        return [say("slack-not-cut", most=LONGEST_SENTENCE, button=label), *notes]
    return [say("slack-cut", shown=len(shown.words), all=len(shown.quote.text), button=label), *notes]


def context_button(shown: Shown, key: str) -> Block:
    """The button that opens the passage in its context, which is also where a cut one is whole."""
    kind = "slack-context" if shown.whole else "slack-whole"
    passage = shown.quote.passage
    return button(
        actions.CONTEXT,
        say(kind, number=shown.number),
        say(f"{kind}-label", number=shown.number, source=citation.short(shown.quote.document)),
        pressed(key, shown.part, actions.spot(passage.document, passage.start, passage.end)),
    )


def cited(document: Document) -> str:
    """The citation as printed; only what is beyond any reason long is cut, and said to be by its ellipsis."""
    return " ".join(citation.line(replace(document, citation=_kept(document.citation))).split())


def _kept(c: Citation) -> Citation:
    """The citation with every field within what fits beside a passage."""
    short: dict[str, Any] = {
        field: shorten(text, most) for field, most in LONGEST.items() if (text := getattr(c, field))
    }
    return replace(c, **short, authors=tuple(shorten(author, NAME) for author in c.authors))


def citation_leaves(document: Document, text: str | None = None) -> list[Block]:
    """The citation as leaves: its identifiers open the source, at the quoted words where it is a web page."""
    c, full = _kept(document.citation), document.citation
    printed = cited(document)
    tail: list[tuple[str, str | None]] = []
    if c.doi:
        tail.append((f"doi:{c.doi}", linked(citation.url(document))))
    if c.pmid:
        tail.append((f"PMID {c.pmid}", linked(f"https://pubmed.ncbi.nlm.nih.gov/{percent(c.pmid)}/")))
    if not tail and full.url and c.url:
        tail.append((c.url, linked(fragment(full.url, text) if text else full.url)))
    head = printed
    for words, _ in reversed(tail):
        head = head.removesuffix(words).rstrip()
    leaves = [leaf(head)]
    for words, url in tail:
        leaves += [leaf(" "), link(words, url) if url else leaf(words)]
    return leaves


def listed_leaves(document: Document) -> list[Block]:
    """The citation of a source that is named without a passage: what is known of its status stands before it, in bold."""
    status = document.status
    known = (
        []
        if status is Status.NONE_RECORDED
        else [leaf(say("status", status=STATUS_NAMES[status.value]), bold=True)]
    )
    return known + citation_leaves(document)


def listed_text(document: Document) -> str:
    """The same without markup, with the address."""
    leaves = listed_leaves(document)
    text = "".join(one["text"] for one in leaves)
    address = linked(citation.url(document))
    return text if not address or address in text else f"{text} {address}"


def linked(url: str | None) -> str | None:
    """The address where it may be opened: on the web and not longer than Slack takes; None elsewhere."""
    if (
        url
        and url.startswith(("https://", "http://"))
        and len(url) <= ADDRESS
        and not set(url) & set(' \n\t"<>|')
    ):
        return url
    return None


def fragment(url: str, text: str) -> str:
    """The address of a web page at the quoted words: a text fragment of its first and last words."""
    words = text.split()
    first, last = words[:FRAGMENT_WORDS], words[FRAGMENT_WORDS:][-FRAGMENT_WORDS:]
    asked = ",".join(_encoded(one) for one in (first, last) if one)
    whole = f"{url}{':~:' if '#' in url else '#:~:'}text={asked}"
    return whole if asked and len(whole) <= ADDRESS else url


def _encoded(words: list[str]) -> str:
    return percent(" ".join(words), safe="").replace("-", "%2D")
