"""Papers: PDF files as documents, by page (pypdf reads them)."""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

import pypdf

from corpus import paper_text
from corpus.document import Citation, Document, Kind, Record
from corpus.errors import UnreadableError
from corpus.paper_text import Line
from corpus.reading import Reading
from corpus.text import compose, slug, true_nature

_LARGEST = 100_000_000
_MOST_PAGES = 1500
_LARGEST_PAGE = 8_000_000
_LEAST_LETTERS_SHARE = 0.4
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
_OCR = "run OCR on it (for example 'ocrmypdf --force-ocr IN.pdf OUT.pdf') and add the outcome"
_BAD_TITLE = re.compile(
    r"microsoft|untitled|\.(docx?|dvi|pdf|indd|qxd|tex|rtf|ps|fm)\b|^doi\b|^slide \d|^[\W\d]*$", re.IGNORECASE
)
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>{}|\\^`\u201d]+")
_OTHERS_DOI = re.compile(
    r"\b(?:correction|correct(?:s|ed)|errat\w+|corrigend\w+|comment(?:ary)?|reply|response|respon[ds]\w*|retract\w+|refers?|supplement\w*"
    r"|preprint|dataset?s?|data|code|protocol|available|deposited|companion|related)\b[^.]{0,80}$",
    re.IGNORECASE,
)
T = TypeVar("T")

# pypdf logs every oddity of a file; what matters of it is said in our own words.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class _Raw:
    """What pypdf gives of a file: the lines of each page, the words in the largest type of page 1, and the metadata.

    Attributes:
        unread: what is wrong with single pages, one sentence each.
    """

    pages: tuple[tuple[str, ...], ...]
    largest: str
    metadata: dict[str, str]
    language: str | None
    unread: tuple[str, ...]


def read_paper(content: bytes, *, name: str) -> Reading:
    """The one document of a .pdf file, page by page.

    The title is the file's own where page 1 prints it, else the words in the largest type of page 1, else the file's
    name, with a warning. A DOI counts as the paper's own where page 1 prints it, and no other, as a DOI ("doi:",
    "doi.org/") that is not said of another work or of data. No date is taken: a PDF's dates are those of the file.

    Raises:
        UnreadableError: no PDF, empty, damaged, encrypted, too large, without a text layer, or with fonts that do not
            say which characters they show.
    """
    _admit(content)
    raw = _translated(lambda: _raw(content))
    _require_text(raw)
    lines = paper_text.arranged(raw.pages)
    title = _title(raw)
    warnings = tuple(f"{name}: {problem}" for problem in raw.unread)
    if title:
        lines = _without_title(lines, title)
        if _bare(title) != _bare(raw.metadata.get("/Title", "")):
            warnings += (f"{name}: the title was taken from the largest type on page 1: '{title}'",)
    else:
        title = slug(name).replace("-", " ")
        warnings += (f"{name}: no title could be told on page 1; the file's name stands in its place",)
    doi, doubt = _doi(raw)
    text, sections = compose(title, paper_text.parts(lines))
    document = Document(
        id=f"doi:{doi}" if doi else f"file:{slug(name)}",
        kind=Kind.PAPER,
        text=text,
        sections=sections,
        citation=Citation(title=title, authors=_authors(raw), doi=doi),
        record=Record(language=raw.language),
    )
    return Reading(documents=(document,), warnings=warnings + tuple(f"{name}: {each}" for each in doubt))


def _admit(content: bytes) -> None:
    """Refuses what is no PDF or too large, before it is parsed."""
    if not content.strip():
        reason = "is empty"
        raise UnreadableError(reason, "fetch the file again, or remove it")
    if b"%PDF-" not in content[:1024]:
        reason = f"is named as a PDF but is {true_nature(content) or 'none'} by its first bytes"
        raise UnreadableError(reason, "give the file the ending that fits its content, or fetch it again")
    if len(content) > _LARGEST:
        reason = f"has {len(content):,} bytes, more than the {_LARGEST:,} that a PDF may have"
        raise UnreadableError(reason, "leave out its images, or divide it")


def _translated(call: Callable[[], T]) -> T:
    """What the call gives; whatever pypdf raises on a broken file is a damaged file."""
    try:
        return call()
    except UnreadableError:
        raise
    except (
        Exception
    ) as error:  # pypdf raises errors of every kind on broken files, and one file must not stop the others
        reason = f"is damaged ({type(error).__name__}: {' '.join(str(error).split())[:120]})"
        raise UnreadableError(reason, "fetch the file again, or open it and print it to a new PDF") from error


def _raw(content: bytes) -> _Raw:
    """The file's pages and metadata as pypdf reads them."""
    reader = pypdf.PdfReader(io.BytesIO(content), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        reason = "is encrypted and does not open without a password"
        raise UnreadableError(reason, "open it with its password, print it to a new PDF, and add that")
    count = len(reader.pages)
    if count > _MOST_PAGES:
        reason = f"has {count:,} pages, more than the {_MOST_PAGES:,} that a PDF may have"
        raise UnreadableError(reason, "divide it, or keep the pages that matter")
    if count == 0:
        reason = "holds no pages"
        raise UnreadableError(reason, "fetch the file again, or remove it")
    pages: list[tuple[str, ...]] = []
    unread: list[str] = []
    sized: list[tuple[float, str]] = []
    for number in range(count):
        try:
            text = _page_text(reader.pages[number], sized if number == 0 else None)
        except Exception as error:  # noqa: BLE001 - as in _translated: one page must not stop the others
            unread.append(f"page {number + 1} could not be read ({type(error).__name__})")
            text = ""
        pages.append(tuple(paper_text.lines_of(text)))
    blank = [number for number, lines in enumerate(pages, start=1) if not lines]
    if blank and len(blank) < count:
        unread.append(
            f"no text on page{'s' if len(blank) > 1 else ''} {_ranges(blank)} of {count}; what they show is not indexed"
        )
    metadata = {key: str(value) for key, value in (reader.metadata or {}).items() if isinstance(value, str)}
    language = reader.root_object.get("/Lang")
    return _Raw(tuple(pages), _largest(sized), metadata, str(language) if language else None, tuple(unread))


def _page_text(page: Any, sized: list[tuple[float, str]] | None) -> str:
    """The page's text; each piece with its size of type goes into `sized` where that is given."""
    contents = page.get_contents()
    if contents is not None and len(contents.get_data()) > _LARGEST_PAGE:
        reason = "the page draws more than a page of text can"
        raise ValueError(reason)

    def note(text: str, _: Any, matrix: list[float], __: Any, size: float | None) -> None:
        if sized is not None and text.strip():
            sized.append((round(abs((size or 0) * (matrix[3] or matrix[1] or 1)), 1), text))

    return str(page.extract_text(visitor_text=note if sized is not None else None))


def _ranges(numbers: Iterable[int]) -> str:
    """The numbers with neighbours drawn together: 1-3, 7."""
    found: list[list[int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in found)


def _largest(sized: list[tuple[float, str]]) -> str:
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


def _require_text(raw: _Raw) -> None:
    """Refuses a file without a text layer, or whose text is not that which it shows."""
    whole = "\n".join("\n".join(lines) for lines in raw.pages)
    if not whole.strip():
        if raw.unread:
            reason = f"has no page that could be read ({raw.unread[0]})"
            raise UnreadableError(reason, "fetch the file again, or open it and print it to a new PDF")
        reason = "has no text layer; its pages are images"
        raise UnreadableError(reason, _OCR)
    letters, share = paper_text.letters_share(whole)
    if not letters or share < _LEAST_LETTERS_SHARE:
        reason = (
            "has fonts that do not say which characters they show, so its text layer is not what it prints"
        )
        raise UnreadableError(reason, _OCR)


def _bare(text: str) -> str:
    """The letters and figures alone, for comparing what is broken or spaced in another way."""
    return re.sub(r"[\W_]+", "", text).casefold()


def _title(raw: _Raw) -> str:
    """The title: the metadata's where page 1 prints it, else the words in the largest type, put as page 1 has them."""
    first = _bare("".join(raw.pages[0]))
    stated = " ".join(raw.metadata.get("/Title", "").split())
    plausible = len(stated.split()) >= _LEAST_TITLE_WORDS and not _BAD_TITLE.search(stated)
    for candidate in ([stated] if plausible else []) + [raw.largest]:
        words = " ".join(paper_text.lines_of(candidate))
        if words and _bare(words) in first:
            return words
    return ""


def _without_title(lines: list[Line], title: str) -> list[Line]:
    """The lines without those of page 1 that print the title."""
    wanted = _bare(title)
    first = [line for line in lines if line.page == 1]
    for start in range(len(first)):
        taken = ""
        for end in range(start, len(first)):
            taken += _bare(first[end].text)
            if taken == wanted:
                return lines[:start] + lines[end + 1 :]
            if not wanted.startswith(taken):
                break
    return lines


def _authors(raw: _Raw) -> tuple[str, ...]:
    """The metadata's authors, where page 1 prints every one of them."""
    stated = raw.metadata.get("/Author", "")
    authors = [" ".join(author.split()) for author in re.split(r";|,(?=\s*\S+\s+\S)|\band\b", stated)]
    first = _bare("".join(raw.pages[0]))
    authors = [author for author in authors if author]
    printed = all(
        len(each.split()) > 1 and not re.search(r"[{}()\[\]]|\bet al", each) and _bare(each) in first
        for each in authors
    )
    return tuple(authors) if printed else ()


def _doi(raw: _Raw) -> tuple[str | None, tuple[str, ...]]:
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
