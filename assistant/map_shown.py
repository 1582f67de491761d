"""What the page and the picture of a map share: how marks are drawn, and the lines above the map."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from assistant import wording
from assistant.evidence import rules
from assistant.map import GapMap


@cache
def marks() -> Mapping[str, Any]:
    """How marks are drawn: `map.toml`."""
    return tomllib.loads((resources.files("assistant") / "map.toml").read_text("utf-8"))


def species_groups() -> list[dict[str, Any]]:
    """The marks by species, with the species each holds: as a count's `by_group`."""
    held = {"animal": tuple(rules()["animals"])}
    return [
        {
            **mark,
            "name": wording.say(f"map-group-{mark['id']}"),
            "values": held.get(mark["id"], (mark["id"],)),
        }
        for mark in marks()["species"]
    ]


def design_groups(names: wording.Names) -> list[dict[str, Any]]:
    """The marks by design, each named by the designs it holds; the last holds what no other does."""
    groups = [{**mark, "values": list(mark["designs"])} for mark in marks()["design"]]
    placed = {design for group in groups for design in group["values"]} | set(rules()["not_studies"])
    groups[-1]["values"] += [design for design in rules()["design_order"] if design not in placed]
    return [
        {**group, "name": ", ".join(wording.name(value, names) for value in group["values"])}
        for group in groups
    ]


def shown_lines(drawn: GapMap) -> list[str]:
    """What stands above a map: what was searched, what the question names, the store."""
    stamp = drawn.stamp
    asked = [wording.say("map-asked", facets=drawn.facets)] if drawn.facets is not None else []
    return [
        *asked,
        wording.scope(stamp),
        wording.say(
            "map-store",
            version=stamp.version[:8],
            built=stamp.built[:10],
            documents=stamp.documents,
            studies=stamp.studies,
            checked=stamp.checked or wording.say("never"),
        ),
    ]
