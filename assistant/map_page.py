"""Map as one web page: nothing is loaded from anywhere, every text is shown as text, and only its own script may run."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from importlib import resources
from typing import Any

from assistant import wording
from assistant.map import COLUMNS, FILTERS, ROWS, GapMap, Line
from assistant.map_shown import design_groups, shown_lines, species_groups
from assistant.wording import FACET_NAMES, SENTENCES, Names, say


def page(drawn: GapMap, names: Names) -> str:
    """The whole page; the same map gives the same bytes."""
    style, script = _part("map_page.css"), _part("map_page.js")
    places = {
        "policy": f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; img-src data:; base-uri 'none'; form-action 'none'",
        "title": html.escape(say("map-title", library=drawn.stamp.library)),
        "style": style,
        "script": script,
        "script-off": html.escape(say("map-script")),
        "head": "\n".join(f"<p>{html.escape(line)}</p>" for line in shown_lines(drawn)),
        "map": _inside_script(payload(drawn, names)),
    }
    return re.sub(r"@([a-z-]+)@", lambda place: places[place[1]], _part("map_page.html"))


def payload(drawn: GapMap, names: Names) -> dict[str, Any]:
    """What the page's script draws from."""
    used = {value for entry in drawn.entries for facet in FILTERS for value in entry.values.get(facet, ())}
    return {
        "words": {key: text for key, text in sorted(SENTENCES.items()) if key.startswith("map-")},
        "facets": FACET_NAMES,
        "names": {value: wording.name(value, names) for value in sorted(used)},
        "studies": drawn.stamp.studies,
        "asked": _asked(drawn),
        "marks": {"species": species_groups(), "design": design_groups(names)},
        "rows": {"facet": ROWS, "lines": [_line(line) for line in drawn.rows]},
        "columns": {"facet": COLUMNS, "lines": [_line(line) for line in drawn.columns]},
        "filters": [
            {
                "facet": facet,
                "name": FACET_NAMES[facet],
                "options": [
                    {
                        "id": one.id,
                        "name": one.name,
                        "values": one.values,
                        "count": one.studies,
                        "chosen": one.chosen,
                    }
                    for one in options
                ],
            }
            for facet, options in drawn.filters.items()
        ],
        "entries": [
            {
                "study": entry.study,
                "standing": entry.standing,
                "line": entry.line,
                "url": entry.url,
                "values": entry.values,
            }
            for entry in drawn.entries
        ],
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "id": line.id,
        "name": line.name,
        "depth": line.depth,
        "parent": line.parent,
        "values": line.values,
        "asked": line.asked,
    }


def _asked(drawn: GapMap) -> dict[str, bool] | None:
    if drawn.facets is None:
        return None
    return {
        "row": any(line.asked for line in drawn.rows),
        "column": any(line.asked for line in drawn.columns),
    }


def _part(name: str) -> str:
    return (resources.files("assistant") / name).read_text("utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _inside_script(value: object) -> str:
    """JSON that no title can break out of: what could end a script is written as an escape."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for one in "<>&\u2028\u2029":
        text = text.replace(one, f"\\u{ord(one):04x}")
    return text
