"""What page 1 of a paper prints about the paper: title, authors, DOI; the file's metadata only where page 1 agrees."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from corpus import paper_text
from corpus.paper_text import Line

_LARGEST_TITLE = 300
_LARGEST_COVER = 600
_LEAST_TITLE_WORDS = 3
_LEAST_TITLE_LETTERS = 15
_LEAST_TITLE_SHARE = 0.7
_LEAST_WORD_LENGTH = 2.5
_SAME_SIZE = 0.2
_KICKER = re.compile(
    r"^(?:(?:(?:original|research|review|clinical|short|brief|invited|systematic)\s+)+(?:article|study|review|report|communication|paper)"
    r"|review|case report|open access)\b[\s:|-]*(?=[A-Z])",
    re.IGNORECASE,
)
_BAD_TITLE = re.compile(
    r"microsoft|untitled|\.(docx?|dvi|pdf|indd|qxd|tex|rtf|ps|fm)\b|^doi\b|^slide \d|^[\W\d]*$", re.IGNORECASE
)
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>{}|\\^`\u201d]+")
_OTHERS_DOI = re.compile(
    r"\b(?:correction|correct(?:s|ed)|errat\w+|corrigend\w+|comment(?:ary)?|reply|response|respon[ds]\w*|retract\w+|refers?|supplement\w*"
    r"|preprint|dataset?s?|data|code|protocol|available|deposited|companion|related)\b[^.]{0,80}$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class RawPaper:
    """What pypdf gives of a file: the lines of each page, the words in the largest type of page 1, and the metadata.

    Attributes:
        unread: what is wrong with single pages, one sentence each.
    """

    pages: tuple[tuple[str, ...], ...]
    largest: str
    metadata: dict[str, str]
    language: str | None
    unread: tuple[str, ...]


def largest(sized: list[tuple[float, str]]) -> str:
    """The words in the largest type that could be a title; none where they would be as long as running text."""
    drawn: Counter[float] = Counter()
    for size, text in sized:
        drawn[size] += len(text)
    most = max(drawn, key=lambda size: drawn[size], default=0.0)
    # The type of running text is no title's, except on a cover that shows little else.
    cover = len(drawn) > 1 and drawn.total() <= _LARGEST_COVER
    for size in sorted(drawn if cover else drawn.keys() - {most}, reverse=True):
        if size < most:
            return ""
        lines = "\n".join(text for each, text in sized if abs(each - size) <= _SAME_SIZE)
        words = " ".join(re.sub(r"-\s*\n\s*", "-", lines).split())
        if len(words) > _LARGEST_TITLE:
            return ""
        title = _KICKER.sub("", words)
        names = re.findall(r"[^\W\d_]+", title)
        letters = sum(map(len, names))
        # A logo, a stamp or the lettering of a figure is short, an address, mostly figures, or spaced letter by letter.
        if (
            len(names) >= _LEAST_TITLE_WORDS
            and letters >= max(_LEAST_TITLE_LETTERS, _LEAST_TITLE_SHARE * len("".join(title.split())))
            and letters >= _LEAST_WORD_LENGTH * len(names)
            and not re.search(r"www\.|https?:|arxiv:|@", title, re.IGNORECASE)
        ):
            return title
    return ""


def bare(text: str) -> str:
    """The letters and figures alone, for comparing what is broken or spaced in another way."""
    return re.sub(r"[\W_]+", "", text).casefold()


def title_of(raw: RawPaper) -> str:
    """The title: the metadata's where page 1 prints it, else the words in the largest type, put as page 1 has them."""
    first = bare("".join(raw.pages[0]))
    stated = " ".join(raw.metadata.get("/Title", "").split())
    plausible = len(stated.split()) >= _LEAST_TITLE_WORDS and not _BAD_TITLE.search(stated)
    for candidate in ([stated] if plausible else []) + [raw.largest]:
        words = " ".join(paper_text.lines_of(candidate))
        if words and bare(words) in first:
            return words
    return ""


def without_title(lines: list[Line], title: str) -> list[Line]:
    """The lines without those of page 1 that print the title."""
    wanted = bare(title)
    first = [line for line in lines if line.page == 1]
    for start in range(len(first)):
        taken = ""
        for end in range(start, len(first)):
            taken += bare(first[end].text)
            if taken == wanted:
                return lines[:start] + lines[end + 1 :]
            if not wanted.startswith(taken):
                break
    return lines


def authors_of(raw: RawPaper) -> tuple[str, ...]:
    """The metadata's authors, where page 1 prints every one of them."""
    stated = raw.metadata.get("/Author", "")
    authors = [" ".join(author.split()) for author in re.split(r";|,(?=\s*\S+\s+\S)|\band\b", stated)]
    first = bare("".join(raw.pages[0]))
    authors = [author for author in authors if author]
    printed = all(
        len(each.split()) > 1 and not re.search(r"[{}()\[\]]|\bet al", each) and bare(each) in first
        for each in authors
    )
    return tuple(authors) if printed else ()


def doi_of(raw: RawPaper) -> tuple[str | None, tuple[str, ...]]:
    """The paper's own DOI by the rule of `read_paper`, and a sentence where page 1 leaves it in doubt."""
    lines = list(raw.pages[0])
    stop = next((n for n, line in enumerate(lines) if paper_text.is_references(line) and n), len(lines))
    found: dict[str, None] = {}
    for number, line in enumerate(lines[:stop]):
        for match in _DOI.finditer(line):
            before = f"{lines[number - 1] if number else ''} {line[: match.start()]}"
            labelled = re.search(r"doi\b[^\w]*(?:org/)?\s*$|^\s*$", line[: match.start()], re.IGNORECASE)
            reference = re.match(r"\s*\[?\d{1,3}[\].]\s", line)
            if labelled and not reference and not _OTHERS_DOI.search(re.sub(r"\S*doi\S*\s*$", "", before)):
                wrapped = match.group()[-1] in "/-_" and match.end() == len(line) and number + 1 < len(lines)
                doi = match.group() + (lines[number + 1].split()[0] if wrapped else "")
                found[doi.rstrip(".,;:)]'").lower()] = None
    if len(found) == 1:
        return next(iter(found)), ()
    stated = [doi for doi in found if any(doi in value.lower() for value in raw.metadata.values())]
    if len(stated) == 1:
        return stated[0], ()
    if found:
        return None, (
            f"page 1 prints {len(found)} DOIs ({', '.join(found)}), so none is taken as the paper's own",
        )
    return None, ()
