"""The map's page in a real browser: opened from disk, walked by keyboard, counted, read aloud and printed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from answer_material import word_answerer
from browser import Browser, chromium
from map_material import library

from assistant.answering import Answerer
from assistant.map import GapMap, draw
from assistant.map_page import page
from assistant.question import read_message

pytestmark = pytest.mark.slow
BMC_KNEE = 'td[data-row="bone-marrow-concentrate"][data-column="knee-osteoarthritis"]'
MARKS = """Object.fromEntries([...document.querySelectorAll('td')].map((cell) => [
  cell.dataset.row + ' ' + cell.dataset.column,
  Object.fromEntries([...cell.querySelectorAll('.mark')].map((mark) => [mark.dataset.group, Number(mark.querySelector('text').textContent)]))]))"""


@pytest.fixture
def browser() -> Iterator[Browser]:
    """A browser; the test skips where none is installed."""
    program = chromium()
    if program is None:
        pytest.skip("needs Chromium, which is not installed here (Debian: apt-get install chromium)")
    with Browser(program) as opened:
        yield opened


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    """The library of synthetic records, some of them hostile."""
    folder = tmp_path_factory.mktemp("hostile")
    return word_answerer(library(folder / "library"), folder / "stores")


@pytest.fixture(scope="module")
def domain(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Answerer:
    """The domain corpus: about 1,200 abstracts."""
    folder = tmp_path_factory.mktemp("domain")
    (folder / "library").mkdir()
    records = (shared / "data" / "domain" / "abstracts.nbib").read_bytes()
    (folder / "library" / "abstracts.nbib").write_bytes(records)
    return word_answerer(folder / "library", folder / "stores")


def opened(browser: Browser, answerer: Answerer, folder: Path, question: str | None = None) -> GapMap:
    """The map whose page was opened from disk, with no network to be had."""
    part = None if question is None else read_message(question, answerer.vocabulary).parts[0]
    sources = answerer.sources
    drawn = draw(sources.store, answerer.vocabulary, sources.stamp, part, whole=True)
    file = folder / "a map & more.html"
    file.write_text(page(drawn, answerer.vocabulary), "utf-8")
    browser.call("Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=0, uploadThroughput=0)  # fmt: skip
    browser.open(file)
    return drawn


def quiet(browser: Browser) -> None:
    """Nothing was complained of, and nothing but the file itself was asked for."""
    assert browser.complaints == []
    assert [url for url in browser.requests if not url.startswith(("file:", "data:"))] == []
    assert len([url for url in browser.requests if url.startswith("file:")]) == 1


def groups(drawn: GapMap) -> dict[str, dict[str, int]]:
    """What each cell's marks must say."""
    return {
        f"{drawn.rows[cell.row].id} {drawn.columns[cell.column].id}": {
            group: number for group, number in cell.count.by_group.items() if number
        }
        for cell in drawn.cells
    }


def focused(browser: Browser) -> Any:
    """The label of what has the focus."""
    return browser.run(
        "document.activeElement.getAttribute('aria-label') || document.activeElement.textContent"
    )


def test_the_domain_corpus_opens_and_its_counts_are_the_ledgers(
    browser: Browser, domain: Answerer, tmp_path: Path
) -> None:
    """More than 1,000 documents and 3,000 cells open from disk without a word of complaint; each mark has the ledger's number, with and without a filter."""
    drawn = opened(browser, domain, tmp_path)
    assert len(drawn.cells) > 2400
    assert browser.run(MARKS) == groups(drawn)
    assert browser.run("document.querySelectorAll('td.none').length") == sum(
        not cell.count.studies for cell in drawn.cells
    )
    browser.run("document.querySelector('[data-facet=route] input[value=intravenous]').click()")
    part = read_message("intravenous?", domain.vocabulary).parts[0]
    sources = domain.sources
    filtered = draw(sources.store, domain.vocabulary, sources.stamp, part, whole=True)
    assert browser.run(MARKS) == groups(filtered)
    assert str(filtered.total.studies) in browser.run("document.getElementById('total').textContent").split()
    quiet(browser)


def test_a_question_shows_the_ledger_of_its_answer(
    browser: Browser, starter: Answerer, tmp_path: Path
) -> None:
    """The framed cell of a question's map has the numbers of the answer's ledger."""
    question = "MSC for knee OA in humans?"
    opened(browser, starter, tmp_path, question)
    evidence = starter.answer(question).parts[0].evidence
    assert evidence
    cell = 'td.asked[data-row="msc"][data-column="knee-osteoarthritis"]'
    assert browser.run(f"Number(document.querySelector('{cell}').dataset.studies)") == evidence.direct.studies
    browser.run("document.getElementById('near').click()")
    assert browser.run("document.querySelectorAll('tbody tr').length") > 50
    quiet(browser)


def test_the_keyboard_walks_and_opens_a_list(browser: Browser, hostile: Answerer, tmp_path: Path) -> None:
    """Tab reaches the grid, arrows move, Enter opens the citations, Escape closes, and the focus is back and seen."""
    drawn = opened(browser, hostile, tmp_path)
    for _ in range(40):
        browser.press("Tab")
        if browser.run("document.activeElement.matches('[role=grid] *')"):
            break
    first = focused(browser)
    assert first.startswith(f"{drawn.rows[0].name}, {drawn.columns[0].name}: human ")
    browser.press("ArrowDown", "ArrowDown", "ArrowUp", "ArrowRight")
    assert focused(browser).startswith(f"{drawn.rows[1].name}, {drawn.columns[1].name}: ")
    browser.press("Home", control=True)
    browser.press("End")
    assert focused(browser).startswith(drawn.columns[-1].name)
    browser.press("ArrowLeft", "ArrowUp", "PageDown", "Home")
    assert focused(browser).startswith(drawn.rows[7].name)
    browser.run(f"document.querySelector('{BMC_KNEE}').focus()")
    browser.press("ArrowLeft", "ArrowRight")
    assert browser.run("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_enter_opens_the_citations_and_escape_closes_them(
    browser: Browser, hostile: Answerer, tmp_path: Path
) -> None:
    """The list has one line for each study, hostile titles as text, no address that is a script; the review stands apart; the focus comes back."""
    opened(browser, hostile, tmp_path)
    browser.run(f"document.querySelector('{BMC_KNEE}').click(); document.querySelector('dialog').close()")
    browser.press("Enter")
    shown = browser.run("document.querySelector('dialog[open]').innerText")
    assert "human: 2 studies" in shown
    assert "</script><img src=x onerror=alert(1)>" in shown
    assert "{row} " in shown
    assert "No studies of their own, not counted: 1" in shown
    assert "Retracted, not counted: 1\n" in shown
    assert "RETRACTED: Synthetic record 8" in shown
    assert browser.run("document.activeElement.textContent") == "Close"
    assert browser.run("document.querySelectorAll('img').length") == 0
    assert (
        browser.run("[...document.querySelectorAll('a')].filter((a) => !/^https?:/.test(a.href)).length") == 0
    )
    assert browser.run("document.querySelector('dialog a').href").startswith(
        "https://pubmed.ncbi.nlm.nih.gov/"
    )
    browser.press("Escape")
    assert browser.run("document.querySelector('dialog').open") is False
    assert (
        focused(browser) == "bone marrow concentrate, knee osteoarthritis: human 2 · animal 0 · in vitro 0."
    )
    quiet(browser)


def test_a_study_in_two_papers_counts_once(browser: Browser, hostile: Answerer, tmp_path: Path) -> None:
    """A trial reported twice is one study in the mark, with both papers in the list."""
    opened(browser, hostile, tmp_path)
    cell = 'td[data-row="platelet-rich-plasma"][data-column="knee-osteoarthritis"]'
    assert browser.run(f"document.querySelector('{cell} .mark').textContent") == "1H"
    browser.run(f"document.querySelector('{cell}').click()")
    assert "2 papers report this study:" in browser.run("document.querySelector('dialog').innerText")
    assert browser.run("document.querySelectorAll('dialog li li a').length") == 2


def test_a_mark_opens_its_own_list(browser: Browser, hostile: Answerer, tmp_path: Path) -> None:
    """A click on a mark lists the studies that it counts, and no others."""
    opened(browser, hostile, tmp_path)
    browser.click(f"{BMC_KNEE} .mark[data-group=human]")
    assert browser.run("document.querySelectorAll('dialog[open] ol > li').length") == 2
    assert browser.run("document.querySelectorAll('dialog[open] h3').length") == 1


def test_rows_close_and_fold_and_marks_change(browser: Browser, hostile: Answerer, tmp_path: Path) -> None:
    """Enter on a broader row hides and shows what is below it; folding leaves rows with a study; marks by design carry their letters."""
    drawn = opened(browser, hostile, tmp_path)
    rows = "document.querySelectorAll('tbody tr').length"
    assert browser.run(rows) == len(drawn.rows)
    browser.run("document.querySelector('tbody th[aria-expanded]').focus()")
    browser.press("Enter")
    assert browser.run("document.activeElement.getAttribute('aria-expanded')") == "false"
    assert browser.run(rows) < len(drawn.rows)
    browser.press("Enter")
    assert browser.run(rows) == len(drawn.rows)
    browser.run("document.getElementById('fold').click()")
    assert browser.run(rows) == sum(line.studies > 0 for line in drawn.rows)
    browser.run("document.querySelector('input[value=design]').click()")
    assert "RCT" in browser.run("document.querySelector('tbody').innerText").split()
    quiet(browser)


def test_a_screen_reader_is_told_the_grid(browser: Browser, hostile: Answerer, tmp_path: Path) -> None:
    """The accessibility tree has a named grid whose cells, row headers and column headers say their counts."""
    drawn = opened(browser, hostile, tmp_path)
    nodes = browser.call("Accessibility.getFullAXTree")["nodes"]
    told: dict[str, list[str]] = {}
    for node in nodes:
        told.setdefault(node.get("role", {}).get("value", ""), []).append(
            node.get("name", {}).get("value", "")
        )
    assert told["grid"] == ["Evidence gap map, products by conditions"]
    assert len(told["gridcell"]) == len(drawn.cells)
    assert all("human " in name and "in vitro " in name for name in told["gridcell"])
    assert len(told["rowheader"]) == len(drawn.rows)
    assert any(name.startswith("bone marrow concentrate: 4 studies.") for name in told["rowheader"])
    assert len(told["columnheader"]) == len(drawn.columns) + 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_in_light_and_dark(
    browser: Browser, hostile: Answerer, tmp_path: Path, scheme: str
) -> None:
    """Every text, in and beside the marks, has a contrast of at least 4.5 to 1 to what lies under it."""
    browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    opened(browser, hostile, tmp_path)
    colours = browser.run(
        "JSON.stringify(Object.fromEntries(['paper','raised','ink','soft','deep','on-deep','mark','edge','focus','asked'].map((name) => [name, getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim()])))"
    )
    seen = json.loads(colours)
    for ink, under in (
        ("ink", "paper"),
        ("ink", "raised"),
        ("ink", "mark"),
        ("soft", "paper"),
        ("soft", "raised"),
        ("on-deep", "deep"),
        ("deep", "paper"),
        ("focus", "paper"),
        ("asked", "raised"),
    ):
        assert contrast(seen[ink], seen[under]) >= 4.5, (ink, under)


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, as WCAG 2 reckons it."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """The relative luminance of "#rrggbb" (WCAG 2)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_it_fits_a_phone_and_a_sheet(browser: Browser, hostile: Answerer, tmp_path: Path) -> None:
    """On a phone only the map scrolls sideways, not the page; printed it is one PDF of a few sheets."""
    browser.call(
        "Emulation.setDeviceMetricsOverride", width=390, height=844, deviceScaleFactor=2, mobile=True
    )
    opened(browser, hostile, tmp_path)
    assert browser.run("document.documentElement.scrollWidth") <= 390
    assert browser.run("document.querySelector('.scroll').scrollWidth") > 390
    browser.call("Emulation.clearDeviceMetricsOverride")
    printed = browser.call("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
    assert printed["data"].startswith("JVBERi0")
    quiet(browser)
