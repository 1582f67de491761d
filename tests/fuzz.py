"""Hostile input: whole synthetic files of every kind and what may have happened to them, each case made from its number.

`python tests/fuzz.py FOLDER` writes the bombs into a folder; `read_one` reads a case under a limit of processor time.
"""

from __future__ import annotations

import gzip
import json
import random
import signal
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from types import FrameType

from corpus.errors import UnreadableError
from corpus.intake import own_readers, take_in
from corpus.reading import Reading

SECONDS = 10
"""Processor time that one case may take; what is read in milliseconds otherwise is far below it on any machine."""

SENTENCE = (
    "Synthetic cells of batch 1 were given by vein to 12 rats, and knee pain fell by 2 points (p = 0.04)."
)
XML = f"""<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2019//EN" "https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_190101.dtd">
<PubmedArticleSet><PubmedArticle><MedlineCitation Status="MEDLINE" IndexingMethod="Manual"><PMID Version="1">1</PMID>
<Article><Journal><ISSN>0000-0000</ISSN><JournalIssue><Volume>1</Volume><PubDate><Year>2001</Year><Month>Feb</Month></PubDate></JournalIssue>
<Title>Synthetic journal</Title></Journal><ArticleTitle>Synthetic record <i>1</i> &amp; more</ArticleTitle>
<ELocationID EIdType="doi">10.1234/synthetic.1</ELocationID><Abstract><AbstractText Label="METHODS" NlmCategory="METHODS">{SENTENCE}</AbstractText>
<AbstractText Label="RESULTS">{SENTENCE}</AbstractText></Abstract><AuthorList><Author><LastName>Synthetic</LastName><Initials>S</Initials></Author></AuthorList>
<PublicationTypeList><PublicationType>Journal Article</PublicationType></PublicationTypeList></Article>
<MeshHeadingList><MeshHeading><DescriptorName MajorTopicYN="Y">Rats</DescriptorName><QualifierName>injuries</QualifierName></MeshHeading></MeshHeadingList>
<CommentsCorrectionsList><CommentsCorrections RefType="ErratumIn"><RefSource>Synthetic source</RefSource><PMID>2</PMID></CommentsCorrections></CommentsCorrectionsList>
</MedlineCitation><PubmedData><ArticleIdList><ArticleId IdType="doi">10.1234/synthetic.1</ArticleId></ArticleIdList></PubmedData></PubmedArticle>
<DeleteCitation><PMID>3</PMID></DeleteCitation></PubmedArticleSet>"""
NBIB = f"""
PMID- 1
OWN - NLM
STAT- MEDLINE
DP  - 2001 Feb
TI  - Synthetic record 1
LID - 10.1234/synthetic.1 [doi]
AB  - METHODS: {SENTENCE}
      RESULTS: {SENTENCE}
FAU - Synthetic, S
PT  - Journal Article
MH  - *Rats/injuries
CRDT- 2001/02/03 04:05
RIN - Synthetic source. PMID: 2
SO  - Synthetic journal. 2001

PMID- 2
TI  - Synthetic record 2
AB  - {SENTENCE}
SO  - Synthetic journal. 2002
"""
RIS = f"""TY  - JOUR
TI  - Synthetic record 1
AU  - Synthetic, S
PY  - 2001/02/03/
JO  - Synthetic journal
SP  - 1
EP  - 9
DO  - 10.1234/synthetic.1
KW  - Rats
AB  - {SENTENCE}
ER  -

TY  - JOUR
T1  - Synthetic record 2
N2  - {SENTENCE}
ER  -
"""
YAML = f"""---
title: "Synthetic post 1"
authors: [Synthetic S, Synthetic T]
date: 2001-02-03
url: https://synthetic.invalid/1
labels: {{species: [rat]}}
curator: {{who: synthetic, when: 2001-02-03, why: a test}}
checked: [[pubmed, 2001-02-03]]
status: retracted
---
# Synthetic post 1

{SENTENCE}

- one *entry*
- [a link](https://synthetic.invalid/2) and `code`

> quoted

| a | b |
|---|---|
| 1 | 2 |
"""
TOML = f"""+++
title = "Synthetic post 2"
year = 2001
keywords = ["cells", "knee"]
+++
{SENTENCE}
"""
TEXT = f"""Synthetic Post Number Three

{SENTENCE}
{SENTENCE}

What was found?

{SENTENCE} {SENTENCE}
"""
PAGE = f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Synthetic page 1</title>
<meta name="citation_doi" content="10.1234/synthetic.1"><meta property="article:published_time" content="2001-02-03">
<script type="application/ld+json">{{"@type": "Article", "headline": "Synthetic page 1", "author": {{"name": "Synthetic S"}}}}</script></head>
<body><nav><ul><li><a href="/">Home</a></li></ul></nav><article><h1>Synthetic page 1</h1><p>{SENTENCE}</p><h2>More</h2><p>{SENTENCE} <b>{SENTENCE}</b></p>
<ul><li>one entry of a list</li></ul><table><tr><td>a</td><td>b</td></tr></table></article><footer>© 2001</footer></body></html>"""
LIBRARY = """name = "Synthetic"
scope = "Nothing real."
include = ["*"]
exclude = ["drafts/", "*.tmp"]
[settings]
floor = 0.2
keep_stores = 3
[[search]]
name = "one"
source = "pubmed"
query = "synthetic[ti]"
count = 3
last_run = 2001-02-03
[vocabulary]
"""
CURATION = """[[override]]
document = "pmid:1"
facet = "route"
values = ["intravenous"]
who = "synthetic"
when = 2001-02-03
why = "a test"
[[exclude]]
document = "pmid:2"
who = "synthetic"
when = "2001-02-03"
why = "a test"
[[merge]]
documents = ["pmid:1", "pmid:2"]
who = "synthetic"
when = 2001-02-03
why = "a test"
"""
SIDECAR = 'title = "Synthetic post 1"\nkind = "paper"\nyear = 2001\npmid = "1"\nstatus = "corrected"\n'
STATUSES = (
    "statuses.jsonl",
    (
        b'{"check":{"source":"PubMed","date":"2001-02-03","reach":"","asked":1,"known":1}}\n'
        b'{"document":{"names":["pmid:1"],"source":"PubMed","date":"2001-02-03","reach":"","own":"none-recorded",'
        b'"status":"retracted","links":[{"kind":"RetractionIn","source":"Synthetic source","pmid":"2"}]}}\n'
    ),
)
WEIRD = (
    "\x00",
    "\x1b]8;;x\x07",
    "\ud800",
    "\u202e",
    "\u200b",
    "\ufeff",
    "\u2028",
    "e" + "\u0301" * 300,
    "\U0001f9b5\U0001f3fd",
    "ﷺ",
    "ß" * 40,
    "İ",
    "%s{0}{x}\\",
    "9" * 5000,
    "-" * 300,
    "[" * 3000,
    "<b>" * 3000,
    "> " * 2000,
    "((a|b)*)*" * 50,
    "&lt;&#0;&#x110000;&bogus;",
    "]]>",
    "<!--",
    "\r\r\n",
    "---\n",
    '"""',
)


def pdf(operations: bytes | None = None, *, packed: bool = True, extra: bytes = b"") -> bytes:
    """A PDF of one page that draws this, its stream compressed or not; `extra` goes into the page's dictionary."""
    lines = "".join(f"1 0 0 1 50 {700 - 14 * at} Tm ({SENTENCE}) Tj " for at in range(8))
    drawn = (
        f"BT /F1 16 Tf 1 0 0 1 50 740 Tm (Synthetic paper 1) Tj /F1 10 Tf {lines}ET".encode()
        if operations is None
        else operations
    )
    stream = zlib.compress(drawn) if packed else drawn
    kept = b"/Filter /FlateDecode " if packed else b""
    parts = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> " + extra + b" >>",
        b"<< %b/Length %d >>\nstream\n%b\nendstream" % (kept, len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    written, offsets = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        offsets.append(len(written))
        written += b"%d 0 obj\n%b\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    head = b"xref\n0 6\n0000000000 65535 f \n"
    return (
        written + head + table + b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(written)
    )


SEEDS: tuple[tuple[str, bytes], ...] = (
    ("a.xml", XML.encode()),
    ("b.nbib", NBIB.encode()),
    ("c.ris", RIS.encode()),
    ("d.md", YAML.encode()),
    ("e.md", TOML.encode()),
    ("f.txt", TEXT.encode()),
    ("g.html", PAGE.encode()),
    ("h.pdf", pdf()),
    ("i.pdf", pdf(packed=False)),
    ("j.xml.gz", gzip.compress(XML.encode(), mtime=0)),
    ("k.html", PAGE.replace("utf-8", "windows-1252").encode("cp1252", "replace")),
    ("l.xml", XML.replace("utf-8", "utf-16").encode("utf-16")),
)
TOMLS: tuple[tuple[str, bytes], ...] = (
    ("library.toml", LIBRARY.encode()),
    ("curation.toml", CURATION.encode()),
    ("f.txt.meta.toml", SIDECAR.encode()),
)


def _flipped(content: bytes, rng: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 8, 64))):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _noise(content: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(content))
    return content[:at] + rng.randbytes(rng.choice((1, 4, 200))) + content[at:]


def _cut(content: bytes, rng: random.Random) -> bytes:
    return content[: rng.randrange(1, len(content) + 1)]


def _without(content: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(content))
    return content[:at] + content[at + rng.choice((1, 5, 50, 500)) :]


def _doubled(content: bytes, rng: random.Random) -> bytes:
    start, end = sorted((rng.randrange(len(content)), rng.randrange(len(content) + 1)))
    return content[:end] + content[start:end] * rng.choice((1, 2, 20)) + content[end:]


def _shuffled(content: bytes, rng: random.Random) -> bytes:
    lines = content.split(b"\n")
    rng.shuffle(lines)
    return b"\n".join(lines)


def _weird(content: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(content))
    return content[:at] + rng.choice(WEIRD).encode("utf-8", "surrogatepass") + content[at:]


def _long(content: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(content))
    piece = content[at : at + rng.choice((1, 3, 30))] or b"x"
    return content[:at] + piece * (rng.choice((2000, 40_000)) // len(piece)) + content[at:]


def _nested(content: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(content))
    opening, closing = rng.choice(
        ((b"<div>", b"</div>"), (b"[", b"]"), (b"{", b"}"), (b"(", b")"), (b"> ", b""))
    )
    deep = rng.choice((30, 300, 3000))
    return content[:at] + opening * deep + content[at : at + 40] + closing * deep + content[at + 40 :]


def _crossed(content: bytes, rng: random.Random) -> bytes:
    _, other = rng.choice(SEEDS)
    at, there = rng.randrange(len(content)), rng.randrange(len(other))
    return content[:at] + other[there:]


def _recoded(content: bytes, rng: random.Random) -> bytes:
    text = content.decode("utf-8", "replace")
    return text.encode(
        rng.choice(("utf-16", "utf-16-be", "utf-32", "utf-7", "cp1252", "shift_jis")), "replace"
    )


def _number(content: bytes, rng: random.Random) -> bytes:
    """Another figure in the place of one: lengths, counts, years and offsets that are not so."""
    places = [at for at, byte in enumerate(content) if 0x30 <= byte <= 0x39]
    if not places:
        return content
    at = rng.choice(places)
    other = rng.choice((b"0", b"-1", b"99999999999", b"1e999", b"0x1F", b"\xd9\xa3", b"\xc2\xb2"))
    return content[:at] + other + content[at + 1 :]


CHANGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _flipped,
    _noise,
    _cut,
    _without,
    _doubled,
    _shuffled,
    _weird,
    _long,
    _nested,
    _crossed,
    _recoded,
    _number,
)


def case(number: int, seeds: Sequence[tuple[str, bytes]] = SEEDS) -> tuple[str, bytes]:
    """The name and content of one case, the same in every process: a whole file changed one to three times.

    One in twelve has the name of another kind, and one in ten of those that are not packed is packed by gzip.
    """
    rng = random.Random(number)  # noqa: S311 - cases, no secret
    name, content = seeds[number % len(seeds)]
    for _ in range(rng.choice((1, 1, 2, 3))):
        content = rng.choice(CHANGES)(content, rng) or b" "
    if rng.random() < 1 / 12:
        name = rng.choice(seeds)[0]
    if rng.random() < 1 / 10:
        content = gzip.compress(content, mtime=0)
    return name, content


class TooSlow(BaseException):
    """A case took more than SECONDS of processor time."""


@contextmanager
def limited(seconds: float = SECONDS) -> Iterator[None]:
    """Raises TooSlow where the block takes more processor time; other processes do not count."""

    def stop(_: int, __: FrameType | None) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def read_one(name: str, content: bytes, seconds: float = SECONDS) -> Reading | UnreadableError:
    """What the reader for the file gives, or its named refusal; anything else comes through."""
    with limited(seconds):
        try:
            reading = take_in(content, name=name, readers=own_readers())
        except UnreadableError as error:
            return error
    for document in reading.documents:
        json.dumps(document.text).encode()
        document.text.encode("utf-8")  # a lone surrogate could not be stored
        ends = [(section.start, section.end) for section in document.sections]
        assert all(0 <= start <= end <= len(document.text) for start, end in ends)
        assert all(before[1] <= after[0] for before, after in pairwise(ends))
    return reading


def bombs() -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Small files, or files of a size that is allowed, that would take all memory or time of a reader that trusts them."""
    mega = 1 << 20
    laughs = "".join(f'<!ENTITY {chr(98 + at)} "{f"&{chr(97 + at)};" * 10}">' for at in range(12))
    laughed = f'<!DOCTYPE PubmedArticleSet [<!ENTITY a "ha">{laughs}]>'
    yield "laughs.xml", (laughed + XML.partition('dtd">')[2].replace("more", "&m;")).encode
    yield (
        "outside.xml",
        lambda: XML.replace(
            '"https://dtd', '"file:///etc/passwd" [<!ENTITY x SYSTEM "file:///etc/passwd">] "https://dtd'
        ).encode(),
    )
    yield "laughs.html", f'<!DOCTYPE html [<!ENTITY a "ha">{laughs}]>{PAGE[15:]}&m;'.encode
    aliases = "".join(f"{chr(98 + at)}: &{chr(98 + at)} [{f'*{chr(97 + at)},' * 9}]\n" for at in range(9))
    yield "laughs.md", f"---\na: &a [x,x]\n{aliases}---\nText.\n".encode
    yield "zeros.xml.gz", lambda: gzip.compress(bytes(1200 * mega), 9)
    yield "spaces.nbib.gz", lambda: gzip.compress(b"PMID- 1\nTI  - " + b" x" * (600 * mega), 9)
    yield "twice.xml.gz", lambda: gzip.compress(gzip.compress(bytes(200 * mega), 9), 9)
    yield "deep.xml", lambda: b"<PubmedArticleSet>" + b"<PubmedArticle>" * (2 * mega)
    yield "flood.pdf", lambda: pdf(bytes(300 * mega))
    yield "words.pdf", lambda: pdf(b"BT " + b"(x) Tj " * mega + b"ET")
    yield "deep.html", lambda: b"<html><body>" + b"<div>" * 900_000 + SENTENCE.encode()
    yield "deep.md", lambda: b"> " * 900_000 + SENTENCE.encode()
    yield "brackets.md", lambda: b"[" * 900_000
    yield "stars.md", lambda: b"*a_ " * 400_000
    yield "deep.toml.md", lambda: b"+++\na = " + b"[" * 90_000 + b"\n+++\n" + SENTENCE.encode()
    yield "deep.yaml.md", lambda: b"---\na: " + b"[" * 90_000 + b"\n---\n" + SENTENCE.encode()
    yield "line.txt", lambda: b"word " * (19 * mega)
    yield "line.md", lambda: b"word " * 399_000
    yield "line.html", lambda: b"<html><body><p>" + b"word " * 990_000


if __name__ == "__main__":
    import sys

    for name, made in bombs():
        (Path(sys.argv[1]) / name).write_bytes(made())
