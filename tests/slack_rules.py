"""What Slack refuses: the limits of blocks, messages and views, checked as its server checks them.

`problems(blocks)` and `view_problems(view)` give one sentence for each fault, in the server's own manner
("must be less than 3001 characters [json-pointer:/blocks/0/text/text]"); empty lists are fit to post.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

BUDGET = 10_000
CONTAINERS = {"rich_text_section", "rich_text_quote", "rich_text_list", "rich_text_preformatted"}
MESSAGE_BLOCKS = {
    "section",
    "header",
    "context",
    "actions",
    "context_actions",
    "divider",
    "rich_text",
    "table",
    "alert",
    "markdown",
    "image",
}
VIEW_BLOCKS = {"section", "header", "context", "actions", "divider", "rich_text", "input", "image"}
PING = re.compile(r"<[!@#][^>]*>")

Json = Mapping[str, Any]


def problems(blocks: Sequence[Json], *, most: int = 50) -> list[str]:
    """Why a message's blocks would be refused."""
    return list(_blocks(blocks, most, MESSAGE_BLOCKS))


def view_problems(view: Json) -> list[str]:
    """Why a view (modal or Home tab) would be refused."""
    found = list(_blocks(view.get("blocks", []), 100, VIEW_BLOCKS))
    if view.get("type") not in {"modal", "home"}:
        found.append("no such view type [json-pointer:/view/type]")
    if view.get("type") == "modal":
        found += _text(view.get("title"), 24, "/view/title", plain=True)
    for part in ("submit", "close"):
        if part in view:
            found += _text(view[part], 24, f"/view/{part}", plain=True)
    found += _length(view.get("private_metadata", "x"), 3000, "/view/private_metadata")
    found += _length(view.get("callback_id", "x"), 255, "/view/callback_id")
    return found


def budget(blocks: Sequence[Json]) -> int:
    """An estimate of what Slack counts of a message: all text, and 125 for each block and each rich-text container."""
    nodes = [node for block in blocks for node in walk(block)]
    text = sum(_units(node["text"]) for node in nodes if isinstance(node.get("text"), str))
    return text + 125 * (len(blocks) + sum(node.get("type") in CONTAINERS for node in nodes))


def walk(node: Any) -> Iterator[Json]:
    """Every object inside a block, itself first, in the order of reading."""
    if isinstance(node, Mapping):
        yield node
        for value in node.values():
            yield from walk(value)
    elif isinstance(node, Sequence) and not isinstance(node, str):
        for one in node:
            yield from walk(one)


def shown(blocks: Sequence[Json]) -> str:
    """All that a reader sees, in order, blocks and containers on lines of their own."""
    return "\n".join(_seen(block) for block in blocks)


def _seen(node: Any) -> str:
    if isinstance(node, str):
        return node
    if isinstance(node, Mapping):
        if node.get("type") in {"text", "link", "plain_text", "mrkdwn", "raw_text"}:
            return str(node.get("text", node.get("url", "")))
        parts = [
            _seen(value) for key, value in node.items() if isinstance(value, Mapping | list) or key == "text"
        ]
        return ("" if node.get("type") in CONTAINERS - {"rich_text_list"} else "\n").join(parts)
    if isinstance(node, Sequence):
        inline = all(isinstance(one, Mapping) and one.get("type") in {"text", "link"} for one in node)
        return ("" if inline else "\n").join(_seen(one) for one in node)
    return ""


def quotes(blocks: Sequence[Json]) -> list[str]:
    """The text of each `rich_text_quote`, in order."""
    nodes = (node for block in blocks for node in walk(block))
    return [
        "".join(one["text"] for one in node["elements"])
        for node in nodes
        if node.get("type") == "rich_text_quote"
    ]


def pings(blocks: Sequence[Json], *texts: str) -> list[str]:
    """Whatever would notify somebody: special elements anywhere, and mentions in fields that Slack parses."""
    nodes = [node for block in blocks for node in walk(block)]
    found = [
        str(node)
        for node in nodes
        if node.get("type") in {"user", "usergroup", "channel", "broadcast", "team"}
    ]
    parsed = [node["text"] for node in nodes if node.get("type") in {"mrkdwn", "markdown"}]
    return found + [match.group() for text in (*parsed, *texts) for match in PING.finditer(text)]


def _blocks(blocks: Sequence[Json], most: int, known: set[str]) -> Iterator[str]:
    if not blocks:
        yield "no blocks [json-pointer:/blocks]"
    if len(blocks) > most:
        yield f"no more than {most} items allowed [json-pointer:/blocks]"
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    if len(ids) != len(set(ids)):
        yield "block_id already exists [json-pointer:/blocks]"
    if sum(block.get("type") == "table" for block in blocks) > 1:
        yield "only_one_table_allowed [json-pointer:/blocks]"
    for at, block in enumerate(blocks):
        where = f"/blocks/{at}"
        if block.get("type") not in known:
            yield f"unsupported type: {block.get('type')} [json-pointer:{where}/type]"
            continue
        yield from _length(block.get("block_id", "x"), 255, f"{where}/block_id")
        yield from CHECKS[block["type"]](block, where)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _length(text: Any, most: int, where: str, least: int = 1) -> Iterator[str]:
    if not isinstance(text, str):
        yield f"must be a string [json-pointer:{where}]"
    elif _units(text) > most:
        yield f"must be less than {most + 1} characters [json-pointer:{where}]"
    elif len(text) < least:
        yield f"must be more than {least - 1} characters [json-pointer:{where}]"


def _text(node: Any, most: int, where: str, *, plain: bool = False) -> Iterator[str]:
    if not isinstance(node, Mapping):
        yield f"missing required field [json-pointer:{where}]"
        return
    allowed = {"plain_text"} if plain else {"plain_text", "mrkdwn"}
    if node.get("type") not in allowed:
        yield f"unsupported text type: {node.get('type')} [json-pointer:{where}/type]"
    if node.get("type") == "mrkdwn" and "emoji" in node:
        yield f"emoji is for plain_text only [json-pointer:{where}/emoji]"
    yield from _length(node.get("text"), most, f"{where}/text")
    if set(node) - {"type", "text", "emoji", "verbatim"}:
        yield f"no more fields allowed [json-pointer:{where}]"


def _section(block: Json, where: str) -> Iterator[str]:
    if "text" not in block and "fields" not in block:
        yield f"missing required field: text [json-pointer:{where}]"
    if "text" in block:
        yield from _text(block["text"], 3000, f"{where}/text")
    fields = block.get("fields", [])
    if len(fields) > 10:
        yield f"no more than 10 items allowed [json-pointer:{where}/fields]"
    for at, field in enumerate(fields):
        yield from _text(field, 2000, f"{where}/fields/{at}")
    if "accessory" in block:
        yield from _element(block["accessory"], f"{where}/accessory")


def _header(block: Json, where: str) -> Iterator[str]:
    yield from _text(block.get("text"), 150, f"{where}/text", plain=True)


def _context(block: Json, where: str) -> Iterator[str]:
    elements = block.get("elements", [])
    if not 1 <= len(elements) <= 10:
        yield f"1 to 10 items allowed [json-pointer:{where}/elements]"
    for at, element in enumerate(elements):
        yield from _text(element, 3000, f"{where}/elements/{at}")


def _actions(block: Json, where: str, most: int = 25) -> Iterator[str]:
    elements = block.get("elements", [])
    if not 1 <= len(elements) <= most:
        yield f"no more than {most} items allowed [json-pointer:{where}/elements]"
    ids = [element.get("action_id") for element in elements]
    if len(ids) != len(set(ids)):
        yield f"action_id already exists [json-pointer:{where}/elements]"
    for at, element in enumerate(elements):
        yield from _element(element, f"{where}/elements/{at}")


def _element(element: Json, where: str) -> Iterator[str]:
    yield from _length(element.get("action_id"), 255, f"{where}/action_id")
    kind = element.get("type")
    if kind == "button":
        yield from _text(element.get("text"), 75, f"{where}/text", plain=True)
        yield from _length(element.get("value", "x"), 2000, f"{where}/value")
        yield from _length(element.get("url", "x"), 3000, f"{where}/url")
        yield from _length(element.get("accessibility_label", "x"), 75, f"{where}/accessibility_label")
        if element.get("style", "primary") not in {"primary", "danger"}:
            yield f"unsupported style [json-pointer:{where}/style]"
    elif kind in OPTIONS:
        yield from _options(element, OPTIONS[kind], where)
    elif kind == "plain_text_input":
        if "placeholder" in element:
            yield from _text(element["placeholder"], 150, f"{where}/placeholder", plain=True)
        if not 1 <= element.get("max_length", 1) <= 3000:
            yield f"must be between 1 and 3000 [json-pointer:{where}/max_length]"
        yield from _length(element.get("initial_value", ""), 3000, f"{where}/initial_value", 0)
    else:
        yield f"unsupported type: {kind} [json-pointer:{where}/type]"


OPTIONS = {
    "static_select": 100,
    "multi_static_select": 100,
    "overflow": 5,
    "radio_buttons": 10,
    "checkboxes": 10,
}


def _options(element: Json, most: int, where: str) -> Iterator[str]:
    options = element.get("options", [])
    if not 1 <= len(options) <= most:
        yield f"1 to {most} items allowed [json-pointer:{where}/options]"
    values = [option.get("value") for option in options]
    if len(values) != len(set(values)):
        yield f"option values must be unique [json-pointer:{where}/options]"
    for at, option in enumerate(options):
        plain = "select" in element["type"] or element["type"] == "overflow"
        yield from _text(option.get("text"), 75, f"{where}/options/{at}/text", plain=plain)
        yield from _length(option.get("value"), 150, f"{where}/options/{at}/value")
        if "description" in option:
            yield from _text(option["description"], 75, f"{where}/options/{at}/description")
    if "placeholder" in element:
        yield from _text(element["placeholder"], 150, f"{where}/placeholder", plain=True)


def _input(block: Json, where: str) -> Iterator[str]:
    yield from _text(block.get("label"), 2000, f"{where}/label", plain=True)
    if "hint" in block:
        yield from _text(block["hint"], 2000, f"{where}/hint", plain=True)
    yield from _element(block.get("element", {}), f"{where}/element")


def _rich_text(block: Json, where: str) -> Iterator[str]:
    elements = block.get("elements", [])
    if not elements:
        yield f"must have at least one element [json-pointer:{where}/elements]"
    for at, element in enumerate(elements):
        yield from _container(element, f"{where}/elements/{at}")


def _container(element: Json, where: str) -> Iterator[str]:
    kind = element.get("type")
    inside = element.get("elements", [])
    if kind not in CONTAINERS:
        yield f"unsupported type: {kind} [json-pointer:{where}/type]"
    if not inside:
        yield f"must have at least one element [json-pointer:{where}/elements]"
    if kind == "rich_text_list" and element.get("style") not in {"bullet", "ordered"}:
        yield f"unsupported style [json-pointer:{where}/style]"
    for at, one in enumerate(inside):
        place = f"{where}/elements/{at}"
        if kind == "rich_text_list":
            yield from _container(one, place)
        else:
            yield from _leaf(one, place, kind)


def _leaf(leaf: Json, where: str, container: Any) -> Iterator[str]:
    kind = leaf.get("type")
    if kind not in {"text", "link"}:
        yield f"unsupported type: {kind} [json-pointer:{where}/type]"
    if kind == "text":
        yield from _length(leaf.get("text"), 40_000, f"{where}/text")
    if kind == "link":
        yield from _length(leaf.get("url"), 3000, f"{where}/url")
        yield from _length(leaf.get("text", "x"), 40_000, f"{where}/text")
        if not re.match(r"(?:https?|mailto):", str(leaf.get("url"))):
            yield f"must be a valid URL [json-pointer:{where}/url]"
    style = leaf.get("style", {})
    allowed = set() if container == "rich_text_preformatted" else {"bold", "italic", "strike", "code"}
    if set(style) - allowed or not all(value is True for value in style.values()):
        yield f"unsupported style [json-pointer:{where}/style]"


def _table(block: Json, where: str) -> Iterator[str]:
    rows = block.get("rows", [])
    if not 1 <= len(rows) <= 100:
        yield f"1 to 100 rows allowed [json-pointer:{where}/rows]"
    if any(not 1 <= len(row) <= 20 for row in rows) or len({len(row) for row in rows}) > 1:
        yield f"rows of 1 to 20 cells, all alike [json-pointer:{where}/rows]"
    for at, row in enumerate(rows):
        for place, cell in enumerate(row):
            inside = f"{where}/rows/{at}/{place}"
            if cell.get("type") == "raw_text":
                yield from _length(cell.get("text"), 3000, f"{inside}/text")
            elif cell.get("type") == "rich_text":
                yield from _rich_text(cell, inside)
            else:
                yield f"unsupported type: {cell.get('type')} [json-pointer:{inside}/type]"


def _nothing(block: Json, where: str) -> Iterator[str]:
    yield from ()


def _alert(block: Json, where: str) -> Iterator[str]:
    yield from _text(block.get("text"), 200, f"{where}/text")


def _markdown(block: Json, where: str) -> Iterator[str]:
    yield from _length(block.get("text"), 12_000, f"{where}/text")


def _context_actions(block: Json, where: str) -> Iterator[str]:
    yield from _actions(block, where, 5)


CHECKS = {
    "section": _section,
    "header": _header,
    "context": _context,
    "actions": _actions,
    "context_actions": _context_actions,
    "divider": _nothing,
    "image": _nothing,
    "rich_text": _rich_text,
    "table": _table,
    "alert": _alert,
    "markdown": _markdown,
    "input": _input,
}
