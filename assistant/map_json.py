"""Map as plain values: every cell with its counts and the papers behind them."""

from __future__ import annotations

from typing import Any

import msgspec

from assistant.evidence import Count
from assistant.map import Cell, GapMap, Line, Option


def map_object(drawn: GapMap) -> dict[str, Any]:
    """The map, for --json: the empty cells stand there with their zeros."""
    return {
        "store": msgspec.to_builtins(drawn.stamp),
        "facets": drawn.facets,
        "total": _count(drawn.total),
        "rows": [_line(line) for line in drawn.rows],
        "columns": [_line(line) for line in drawn.columns],
        "filters": {facet: [_option(one) for one in options] for facet, options in drawn.filters.items()},
        "routes": [{**_line(line), **_count(count)} for line, count in drawn.routes],
        "cells": [_cell(cell, drawn) for cell in drawn.cells],
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "id": line.id,
        "name": line.name,
        "includes": list(line.values),
        "studies": line.studies,
        "asked": line.asked,
    }


def _option(option: Option) -> dict[str, Any]:
    return {"id": option.id, "name": option.name, "studies": option.studies, "chosen": option.chosen}


def _cell(cell: Cell, drawn: GapMap) -> dict[str, Any]:
    names = {"row": drawn.rows[cell.row].id, "column": drawn.columns[cell.column].id}
    return {**names, **_count(cell.count)}


def _count(count: Count) -> dict[str, Any]:
    return {
        "studies": count.studies,
        "by_species": dict(count.by_group),
        "by_design": dict(count.by_design),
        "documents": list(count.documents),
    }
