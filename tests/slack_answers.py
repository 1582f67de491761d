"""Answers for the tests of the Slack face: plainly synthetic, and hostile wherever a source can be."""

from __future__ import annotations

import random
from collections.abc import Mapping

from assistant.answer import Answer, PartAnswer, Quote, StoreStamp
from assistant.asked import Ask, Assumption, Part
from assistant.evidence import Count, Evidence, Rung
from corpus.appraisal import Appraisal, SampleSize
from corpus.document import Citation, Document, Kind, Section, SectionKind, Status
from corpus.label import FACETS, Label, Origin
from corpus.passage import Passage
from corpus.scales import ScaleNote

STAMP = StoreStamp(
    "0123456789abcdef", "2000-01-02T03:04:05+00:00", 120, 95, 2000, "synthetic model", "synthetic library"
)
ASKED = {"intervention": ("bmac",), "route": ("intravenous",), "condition": ("knee-osteoarthritis",)}

HOSTILE = (
    "<!channel> everyone <@U12345> <#C12345|general> <!here> must read this.",
    "*Bold* _italic_ ~struck~ `code` ```block``` > quoted & escaped &lt;!channel&gt; &amp;lt;.",
    "<https://example.invalid|a link> and https://example.invalid/?a=1&b=2 and mailto:a@example.invalid.",
    "骨髄濃縮液を静脈内に投与した。膝関節症の患者では差がなかった。対照群と比べた。",
    "Zero\u200bwidth\u200djoined\ufeff words \u202eare reversed\u202c here. עברית بالعربية too.",
    "A :smile: and @channel and @here; 5 < 6 > 4 && p<0.05.",
    "Combining a\u0301\u0302\u0303\u0304 and 👩\u200d⚕️ and \U0001f9ec stay whole.",
    "| a | table |\n|---|---|\n# heading\n\n- list\t tab.",
    "Plain synthetic sentence number one. Another follows; it is longer, with a number of 12.5 and e.g. an abbreviation.",
)


def text_of(rng: random.Random, length: int) -> str:
    """About so many characters of hostile sentences."""
    found = []
    size = 0
    while size < length:
        one = rng.choice(HOSTILE)
        found.append(one)
        size += len(one) + 1
    return " ".join(found)


def citation_of(rng: random.Random, number: int) -> Citation:
    """A citation with every oddity that a record can have."""
    long = rng.random() < 0.1
    title = text_of(rng, 5000 if long else 60).strip() or "Synthetic record"
    return Citation(
        title=f"Synthetic record {number} {title}",
        authors=rng.choice([(), ("Synthetic A",), ("Synthetic A", "<!here> B", "C", "D"), ("x" * 3000,)]),
        journal=rng.choice([None, "Synthetic Journal", "*J* " * 200]),
        journal_abbreviation=rng.choice([None, "Synth J"]),
        year=rng.choice([None, 1999]),
        volume=rng.choice([None, "1"]),
        issue=rng.choice([None, "2"]),
        pages=rng.choice([None, "3-4"]),
        pmid=rng.choice([None, f"{number:08d}"]),
        doi=rng.choice([None, f"10.0000/synthetic.{number}<&>", "10.0000/" + "y" * 300]),
        url=rng.choice(
            [
                None,
                "https://example.invalid/page",
                "https://example.invalid/#part",
                "javascript:alert(1)",
                "https://example.invalid/" + "z" * 4000,
            ]
        ),
    )


def document_of(rng: random.Random, number: int) -> Document:
    """A document whose passage may be anything from a word to 100,000 characters."""
    citation = citation_of(rng, number)
    length = rng.choice([20, 200, 800, 800, 3000, 100_000 if rng.random() < 0.2 else 5000])
    body = text_of(rng, length) if rng.random() < 0.9 else "word " * (length // 5) or "w"
    body = body if rng.random() < 0.95 else "x" * length
    title = " ".join(citation.title.split())
    text = f"{title}\n{body.strip()}"
    sections = (
        Section(SectionKind.TITLE, 0, len(title)),
        Section(
            SectionKind.BODY, len(title) + 1, len(text), rng.choice([None, "RESULTS", "<!channel> *R* " * 30])
        ),
    )
    return Document(
        f"pmid:{number:08d}" if citation.pmid else f"file:synthetic-{number}",
        rng.choice([Kind.PAPER, Kind.PAPER, Kind.PAPER, Kind.POST]),
        text,
        sections,
        citation,
        status=rng.choice([Status.NONE_RECORDED] * 4 + [Status.RETRACTED, Status.CONCERN, Status.CORRECTED]),
        note=rng.random() < 0.1,
    )


def labels_of(rng: random.Random) -> Mapping[str, Label]:
    """Labels that may be stated, not stated or not apply."""
    choice = {
        "species": ["human", "rat", "not-stated"],
        "design": ["rct", "case-series", "not-stated"],
        "route": ["intravenous", "intra-articular", "not-stated", "none"],
        "intervention": ["bmac", "prp"],
        "condition": ["knee-osteoarthritis", "hip-osteoarthritis"],
    }
    return {
        facet: Label((rng.choice(choice.get(facet, ["not-stated"])),), rng.choice(list(Origin)))
        for facet in FACETS
    }


def quote_of(rng: random.Random, number: int, asked: Mapping[str, tuple[str, ...]] = ASKED) -> Quote:
    """A quote of a whole body."""
    document = document_of(rng, number)
    start, end = document.sections[1].start, document.sections[1].end
    labels = labels_of(rng)
    match = {facet: bool(set(values) & set(labels[facet].values)) for facet, values in asked.items()}
    direct = all(match.values()) and document.kind is Kind.PAPER
    size = SampleSize(48, start, min(end, start + 11)) if rng.random() < 0.5 else None
    return Quote(
        text=document.text[start:end],
        document=document,
        passage=Passage(document.id, start, end, document.sections[1].label),
        labels=labels,
        here={},
        match=match,
        asked=asked,
        direct=direct,
        score=0.5,
        words_score=1.0,
        cosine=0.5,
        rung=() if direct else ("route",),
        appraisal=Appraisal(
            rng.choice([None, "2", "4"]), "by design", None, rng.choice([None, (0, 9)]), size, ()
        ),
        scales=(ScaleNote("WOMAC", "higher = worse", 0, 5),) if rng.random() < 0.3 else (),
    )


def count_of(number: int) -> Count:
    """So many studies."""
    return Count(
        number,
        tuple(f"pmid:{one:08d}" for one in range(number)),
        {"human": number} if number else {},
        {"rct": number // 2} if number else {},
        {"human": number, "animal": 0, "in-vitro": 0, "not-stated": 0},
    )


def part_of(rng: random.Random, quotes: tuple[Quote, ...]) -> PartAnswer:
    """An answer of evidence with a ladder, assumptions and retracted papers."""
    direct = sum(one.direct for one in quotes)
    rungs = tuple(Rung((facet,), count_of(rng.randrange(30))) for facet in ASKED)
    pairs = (Rung(("route", "condition"), count_of(3)), Rung(("intervention", "condition"), count_of(1)))
    evidence = Evidence(
        {facet: frozenset(values) for facet, values in ASKED.items()},
        95,
        count_of(direct),
        rungs,
        pairs if rng.random() < 0.5 else (),
        arms={},
    )
    listed = tuple(document_of(rng, 900 + one) for one in range(rng.choice([0, 0, 1, 12])))
    part = Part(
        text_of(rng, 80),
        Ask.EVIDENCE,
        ASKED,
        assumed=(
            Assumption("<!here>BMC", "bmac", ("bone-mineral-content",)),
            Assumption("IV", "intravenous"),
        ),
    )
    return PartAnswer(
        part,
        "direct" if direct else "no-direct",
        f"{direct} of 95 studies match synthetic · facets.",
        evidence if rng.random() < 0.9 else None,
        quotes,
        ("A fixed line.",) if rng.random() < 0.5 else (),
        (("synthetic name that is long", 1, 2, 3),) * rng.choice([0, 0, 0, 40]),
        listed,
    )


def answer_of(seed: int) -> Answer:
    """The answer of that number; the same in every run."""
    rng = random.Random(seed)  # noqa: S311 - repeatable tests need no secrets
    parts = tuple(
        part_of(rng, tuple(quote_of(rng, 100 * part + one) for one in range(rng.choice([0, 1, 3, 7, 11]))))
        for part in range(rng.choice([1, 1, 1, 2, 3, 6, 12]))
    )
    return Answer(text_of(rng, 50), STAMP, rng.choice([(), ("name", "date of birth")]), parts)
