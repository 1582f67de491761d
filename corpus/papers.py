"""Papers: PDF files as documents, by page (pypdf reads them)."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import pypdf

from corpus import paper_facts, paper_text
from corpus.document import Citation, Document, Kind, Record
from corpus.errors import UnreadableError
from corpus.paper_facts import RawPaper
from corpus.reading import Reading
from corpus.text import compose, slug, true_nature

_LARGEST = 100_000_000
_MOST_PAGES = 1500
_LARGEST_PAGE = 8_000_000
_MOST_PIECES = 30_000
_LEAST_LETTERS_SHARE = 0.4
_OCR = "run OCR on it (for example 'ocrmypdf --force-ocr IN.pdf OUT.pdf') and add the outcome"
T = TypeVar("T")

# pypdf logs every oddity of a file; what matters of it is said in our own words.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


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
    title = paper_facts.title_of(raw)
    warnings = tuple(f"{name}: {problem}" for problem in raw.unread)
    if title:
        lines = paper_facts.without_title(lines, title)
        if paper_facts.bare(title) != paper_facts.bare(raw.metadata.get("/Title", "")):
            warnings += (f"{name}: the title was taken from the largest type on page 1: '{title}'",)
    else:
        title = slug(name).replace("-", " ")
        warnings += (f"{name}: no title could be told on page 1; the file's name stands in its place",)
    doi, doubt = paper_facts.doi_of(raw)
    text, sections = compose(title, paper_text.parts(lines))
    document = Document(
        id=f"doi:{doi}" if doi else f"file:{slug(name)}",
        kind=Kind.PAPER,
        text=text,
        sections=sections,
        citation=Citation(title=title, authors=paper_facts.authors_of(raw), doi=doi),
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


def _raw(content: bytes) -> RawPaper:
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
    return RawPaper(
        tuple(pages), paper_facts.largest(sized), metadata, str(language) if language else None, tuple(unread)
    )


def _page_text(page: Any, sized: list[tuple[float, str]] | None) -> str:
    """The page's text; each piece with its size of type goes into `sized` where that is given."""
    contents = page.get_contents()
    drawn = b"" if contents is None else contents.get_data()
    # A full page of print has some thousands of pieces of text; a page of many more is a drawing, or made to take time.
    if len(drawn) > _LARGEST_PAGE or drawn.count(b"Tj") + drawn.count(b"TJ") > _MOST_PIECES:
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


def _require_text(raw: RawPaper) -> None:
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
