"""Licences: what the metadata of a distribution says, as an SPDX expression, and whether audit.toml allows it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.metadata import Distribution
from typing import Any

UNKNOWN = "unknown"
_TOKEN = re.compile(r"\s*(\(|\)|AND\b|OR\b|[\w.+\-]+(?:\s+WITH\s+[\w.+\-]+)?)")


def licence_of(one: Distribution, rules: Mapping[str, Any]) -> str:
    """The SPDX expression of a distribution; "unknown" where nothing that audit.toml knows states one."""
    stated = _first(one, "License-Expression")
    if stated:
        return stated
    classifiers: list[str] = [
        line.split(" :: ")[-1]
        for line in one.metadata.get_all("Classifier") or ()
        if line.startswith("License ::")
    ]
    for said in (_first(one, "License"), *(classifiers if len(classifiers) == 1 else ())):
        if said in rules["said"]:
            return str(rules["said"][said])
        if said in rules["allowed"]:
            return str(said)
    return UNKNOWN


def _first(one: Distribution, field: str) -> str:
    """The first line of a field; empty where it is not there."""
    lines = "\n".join(one.metadata.get_all(field) or ()).strip().splitlines()
    return " ".join(lines[0].split()) if lines else ""


def allows(expression: str, allowed: Mapping[str, Any]) -> bool:
    """Whether one of the choices that an expression offers is allowed whole; no expression is not."""
    tokens = _TOKEN.findall(expression)
    if not tokens or "".join(tokens).replace(" ", "") != expression.replace(" ", ""):
        return False
    try:
        holds = _either(tokens, allowed)
    except IndexError:  # it ends where a licence should stand
        return False
    return holds and not tokens


def _either(tokens: list[str], allowed: Mapping[str, Any]) -> bool:
    holds = _both(tokens, allowed)
    while tokens and tokens[0] == "OR":
        tokens.pop(0)
        holds = _both(tokens, allowed) or holds
    return holds


def _both(tokens: list[str], allowed: Mapping[str, Any]) -> bool:
    holds = _one(tokens, allowed)
    while tokens and tokens[0] == "AND":
        tokens.pop(0)
        holds = _one(tokens, allowed) and holds
    return holds


def _one(tokens: list[str], allowed: Mapping[str, Any]) -> bool:
    first = tokens.pop(0)
    if first != "(":
        return " ".join(first.split()) in allowed
    holds = _either(tokens, allowed)
    return tokens.pop(0) == ")" and holds
