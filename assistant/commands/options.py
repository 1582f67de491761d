"""Options that several commands share, so that each means the same everywhere."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def library(function: F) -> F:
    """--library FOLDER."""
    return click.option(
        "--library",
        metavar="FOLDER",
        help="The library: a curated folder. Else FIRSTPASS_LIBRARY, the folder you stand in, or the starter library.",
    )(function)


def as_json(function: F) -> F:
    """--json."""
    return click.option("--json", "json_", is_flag=True, help="Print one JSON object.")(function)


def print_json(value: object) -> None:
    """Print a value as JSON that a person can read too."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
