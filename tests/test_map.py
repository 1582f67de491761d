"""The evidence gap map: the counts of answers, every empty cell, and files that nothing can break out of."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from answer_material import WordBench, word_answerer
from hypothesis import given
from hypothesis import strategies as st
from map_material import HOSTILE, library

from assistant.answering import Answerer
from assistant.asked import FACETS_ASKED, Ask, Part
from assistant.commands.map import asked, write_maps
from assistant.contract import answer_object
from assistant.errors import MapError
from assistant.evidence import gather, rules
from assistant.map import GapMap, draw
from assistant.map_page import _inside_script, page
from assistant.map_picture import png, svg
from assistant.map_shown import design_groups
from assistant.question import read_message

SVG = "{http://www.w3.org/2000/svg}"


def drawn(answerer: Answerer, question: str | None = None, *, whole: bool = False) -> GapMap:
    """The map of an answerer's store."""
    part = None if question is None else read_message(question, answerer.vocabulary).parts[0]
    return draw(answerer.sources.store, answerer.vocabulary, answerer.sources.stamp, part, whole=whole)


def part_of(facets: Mapping[str, tuple[str, ...]]) -> Part:
    """A question of those facets."""
    return Part("", Ask.EVIDENCE, {**dict.fromkeys(FACETS_ASKED, ()), **facets})


def payload(html: str) -> Any:
    """What a page's script reads."""
    found = re.search(r'<script type="application/json" id="map">(.*?)</script>', html, re.DOTALL)
    assert found
    return json.loads(found[1])


@pytest.fixture(scope="module")
def whole(starter: Answerer) -> GapMap:
    """The map of the starter library."""
    return drawn(starter)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    """The library of synthetic records, some of them hostile."""
    folder = tmp_path_factory.mktemp("hostile")
    return word_answerer(library(folder / "library"), folder / "stores")


def test_every_cell_has_the_count_of_an_answer(starter: Answerer, whole: GapMap) -> None:
    """In each cell stand the studies, species, designs and papers that `ask` counts for that product and condition."""
    sources = starter.sources
    seen = 0
    for cell in whole.cells:
        if not cell.count.studies and (cell.row + cell.column) % 7:
            continue
        facets = {
            "intervention": (whole.rows[cell.row].id,),
            "condition": (whole.columns[cell.column].id,),
        }
        evidence = gather(sources.store, starter.vocabulary, part_of(facets))
        assert cell.count == evidence.direct, facets
        seen += cell.count.studies > 0
    assert seen > 20


def test_the_page_counts_what_an_answer_counts(starter: Answerer, whole: GapMap) -> None:
    """By the page's own rule (a study once, whose papers have a value of each facet) every cell has the ledger's count."""
    told = payload(page(whole, starter.vocabulary))
    for cell in whole.cells:
        row, column = told["rows"]["lines"][cell.row], told["columns"]["lines"][cell.column]
        here = [
            entry
            for entry in told["entries"]
            if entry["standing"] == "study"
            and set(row["values"]) & set(entry["values"].get("intervention", ()))
            and set(column["values"]) & set(entry["values"].get("condition", ()))
        ]
        for group in told["marks"]["species"]:
            studies = {
                entry["study"] for entry in here if set(group["values"]) & set(entry["values"]["species"])
            }
            assert len(studies) == cell.count.by_group[group["id"]]


@pytest.mark.parametrize(
    "question",
    ["is IV BMC for knee OA real?", "MSC for knee OA in humans?", "PRP injections in rabbits", "epidural?"],
)
def test_a_question_gives_its_ledger(starter: Answerer, question: str) -> None:
    """The map of a question counts, in the framed cell or in all, what the answer to it counts as direct."""
    told = drawn(starter, question)
    direct = answer_object(starter.answer(question))["parts"][0]["ledger"]["direct"]
    rows = [place for place, line in enumerate(told.rows) if line.asked]
    columns = [place for place, line in enumerate(told.columns) if line.asked]
    count = told.cell(rows[0], columns[0]) if rows and columns else None
    if count is None:
        count = told.total if not rows and not columns else None
    studies = count.studies if count else (told.rows[rows[0]] if rows else told.columns[columns[0]]).studies
    assert studies == direct


def test_every_cell_is_there(starter: Answerer, whole: GapMap) -> None:
    """Each product of the vocabulary meets each condition, with a count or with zero."""
    assert len(whole.cells) == len(whole.rows) * len(whole.columns)
    assert {line.id for line in whole.rows} >= set(starter.vocabulary.ids("intervention"))
    assert {line.id for line in whole.columns} >= set(starter.vocabulary.ids("condition"))
    assert sum(not cell.count.studies for cell in whole.cells) > 100


def test_a_narrower_row_stands_below_its_broader_one(whole: GapMap) -> None:
    """Each line comes after its parent, one step deeper, and the parent counts at least as many studies."""
    for line in whole.rows:
        if line.parent is not None:
            parent = whole.rows[line.parent]
            assert (line.depth, set(line.values) <= set(parent.values)) == (parent.depth + 1, True)
            assert line.studies <= parent.studies


def test_a_question_leaves_out_what_is_not_beside_it(starter: Answerer, whole: GapMap) -> None:
    """A row that the question does not name is there only with a study in a column that it names."""
    told = drawn(starter, "BMC for knee OA?")
    columns = [place for place, line in enumerate(told.columns) if line.asked]
    assert any(line.asked for line in told.rows)
    for place, line in enumerate(told.rows):
        assert line.asked or any(told.cell(place, column).studies for column in columns)
    assert len(drawn(starter, "BMC for knee OA?", whole=True).rows) == len(whole.rows)


def test_a_question_is_shown_by_route(starter: Answerer) -> None:
    """Each route's count is that of the same question asked with that route; the route asked is there, at zero too."""
    told = drawn(starter, "is IV BMC for knee OA real?")
    facets = {"intervention": ("bone-marrow-concentrate",), "condition": ("knee-osteoarthritis",)}
    assert [(line.id, line.studies) for line, _ in told.routes if line.asked] == [("intravenous", 0)]
    assert len(told.routes) > 1
    for line, count in told.routes:
        part = part_of({**facets, "route": (line.id,)})
        assert count == gather(starter.sources.store, starter.vocabulary, part).direct
    words = [text.text for text in ET.fromstring(svg(told)).iter(f"{SVG}text")]  # noqa: S314 - our own file
    assert "By route, all else as the question names it:" in words


def test_a_question_without_a_facet_is_refused(starter: Answerer) -> None:
    """A question that names nothing gives an error with a cure, no map of everything."""
    with pytest.raises(MapError, match="leave --question out"):
        drawn(starter, "what is the weather?")
    with pytest.raises(MapError, match="leave --question out"):
        asked("what is the weather?", starter.vocabulary)


def test_every_design_stands_under_one_mark(starter: Answerer) -> None:
    """Each design that is a study belongs to exactly one mark, so that none is lost and none counts twice."""
    held = [value for group in design_groups(starter.vocabulary) for value in group["values"]]
    assert sorted(held) == sorted(set(rules()["design_order"]) - set(rules()["not_studies"]))


def test_the_page_is_whole_and_loads_nothing(starter: Answerer, whole: GapMap) -> None:
    """The page names no other file, and its policy lets only its own script and style act, by their hashes."""
    html = page(whole, starter.vocabulary)
    outside = re.sub(r'<script type="application/json".*?</script>', "", html, flags=re.DOTALL)
    assert not re.findall(
        r"\bsrc=|@import|url\(|fetch\(|XMLHttpRequest|innerHTML|https?://(?!www\.w3\.org)", outside
    )
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)
    script = re.search(r"<script>(.*?)</script>", html, re.DOTALL)
    assert policy
    assert script
    digest = base64.b64encode(hashlib.sha256(script[1].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}';" in policy[1]
    assert policy[1].startswith("default-src 'none';")


def test_a_title_cannot_break_out(hostile: Answerer) -> None:
    """A title with markup and an address that is a script arrive as text and as no address; the page stays four elements of script and style."""
    html = page(drawn(hostile), hostile.vocabulary)
    told = payload(html)
    lines = [entry["line"] for entry in told["entries"]]
    assert any("</script><img src=x onerror=alert(1)>" in line for line in lines)
    assert (html.count("<script"), html.count("</script"), html.count("<img"), html.count("<b>")) == (
        2,
        2,
        0,
        0,
    )
    assert all((entry["url"] or "https:").startswith(("https:", "http:")) for entry in told["entries"])
    assert [entry["url"] for entry in told["entries"] if entry["line"].startswith("Synthetic record 9")] == [
        None
    ]
    assert "Synthetic &lt;b&gt;library&lt;/b&gt; &amp; " in html


def test_papers_that_are_no_studies_stand_apart(hostile: Answerer) -> None:
    """A narrative review and a retracted paper are listed in their cell, the second with its status first, and never counted."""
    told = payload(page(drawn(hostile), hostile.vocabulary))
    standing = {entry["line"].split(":")[0]: entry for entry in told["entries"]}
    assert standing["Synthetic record 6"]["standing"] == "apart"
    assert standing["Synthetic record 1"]["standing"] == "study"
    assert [entry["standing"] for entry in told["entries"] if entry["line"].startswith("RETRACTED: ")] == [
        "retracted"
    ]


@given(
    st.recursive(st.text() | st.none(), lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside))
)
def test_what_a_script_holds_comes_back(value: object) -> None:
    """Any text written into the page's script is read back as it was, and holds nothing that ends a script."""
    written = _inside_script(value)
    assert json.loads(written) == value
    assert not set(written) & set("<>&\u2028\u2029")


def test_the_same_map_gives_the_same_bytes(starter: Answerer, whole: GapMap) -> None:
    """Page, SVG and PNG of one store are the same bytes each time."""
    first, second = whole, drawn(starter)
    assert page(first, starter.vocabulary) == page(second, starter.vocabulary)
    assert svg(first) == svg(second)
    small = "BMC for knee OA?"
    assert png(drawn(starter, small)) == png(drawn(starter, small))


def test_the_picture_says_its_counts_and_its_scope(hostile: Answerer) -> None:
    """The SVG is well-formed, with the library's name as text, the scope line, the store's version, and a number for each mark."""
    told = drawn(hostile)
    root = ET.fromstring(svg(told))  # noqa: S314 - our own file
    words = [text.text or "" for text in root.iter(f"{SVG}text")]
    stamp = hostile.sources.stamp
    assert any(stamp.library in word for word in words)
    assert "Says nothing of papers outside it." in " ".join(words)
    assert any(stamp.version[:8] in word and stamp.built[:10] in word for word in words)
    shown = [row for row, line in enumerate(told.rows) if line.studies]
    across = [column for column, line in enumerate(told.columns) if line.studies]
    numbers = [
        str(number)
        for row in shown
        for column in across
        for number in told.cell(row, column).by_group.values()
        if number
    ]
    assert sorted(word for word in words if word.isdecimal() and word != "0") == sorted(numbers)
    assert words.count("0") == sum(not told.cell(row, column).studies for row in shown for column in across)


def test_a_picture_drawn_in_bands_is_the_picture_drawn_at_once(starter: Answerer, whole: GapMap) -> None:
    """A map so large that it is drawn in bands has the very pixels that it has when drawn whole."""
    assert png(whole) == png(whole, band=1 << 20)


def test_the_picture_is_a_png_of_the_layout(starter: Answerer) -> None:
    """The PNG opens, is as wide as the layout times two, and is not bare."""
    from PIL import Image

    image = Image.open(io.BytesIO(png(drawn(starter, "BMC for knee OA?"))))
    assert image.format == "PNG"
    assert image.width >= 1900
    assert len(image.getcolors(maxcolors=1_000_000) or []) > 20


def test_the_command_writes_what_is_asked_for(tmp_path: Path, hostile: Answerer) -> None:
    """`map` writes page, SVG and PNG where told, and gives every cell as plain values."""
    bench = WordBench(tmp_path, tmp_path)
    paths = {kind: str(tmp_path / f"map.{kind}") for kind in ("html", "svg", "png")}
    told = write_maps(bench, hostile.sources.store, asked("BMC for knee OA?", hostile.vocabulary), paths)
    assert (tmp_path / "map.html").read_bytes().startswith(b"<!doctype html>")
    assert (tmp_path / "map.svg").read_bytes().startswith(b"<svg")
    assert (tmp_path / "map.png").read_bytes().startswith(b"\x89PNG")
    cell = next(
        one
        for one in told["cells"]
        if (one["row"], one["column"]) == ("bone-marrow-concentrate", "knee-osteoarthritis")
    )
    assert cell["by_species"] == {"human": 2, "animal": 0, "in-vitro": 0, "not-stated": 0}
    assert cell["documents"] == ["pmid:00000001", "pmid:00000005"]


def test_a_file_that_cannot_be_written_is_an_error_with_a_cure(tmp_path: Path, hostile: Answerer) -> None:
    """A folder that is not there is named, with what to do."""
    bench = WordBench(tmp_path, tmp_path)
    with pytest.raises(MapError, match="cannot be written"):
        write_maps(bench, hostile.sources.store, None, {"svg": str(tmp_path / "absent" / "map.svg")})


def test_the_hostile_title_is_hostile() -> None:
    """The title that the tests use can end a script and holds a place of a sentence."""
    assert "</script>" in HOSTILE
    assert "{row}" in HOSTILE
