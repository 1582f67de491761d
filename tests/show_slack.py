"""Shows how a Slack message looks: renders its blocks to a page and takes a screenshot at a phone's and a desktop's width.

    python tests/show_slack.py "is IV BMC for knee OA real?" --out /tmp/message

needs Chromium (Debian: apt-get install chromium). The colours and sizes imitate Slack's own; the images do not
belong in the repository.
"""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

WIDTHS = {"phone": 390, "desktop": 1280}
STYLE = """
body{margin:0;background:#fff;color:#1d1c1d;font:15px/1.46668 Lato,"Noto Sans","Noto Sans CJK JP",Arial,sans-serif}
.message{padding:8px 16px 24px 16px;max-width:760px;display:flex;gap:8px}
.face{flex:0 0 36px;height:36px;border-radius:8px;background:#1f3a5f;color:#fff;font-weight:900;text-align:center;line-height:36px}
.body{flex:1;min-width:0}.who b{font-weight:900}.who span{color:#616061;font-size:12px;margin-left:6px}
.app{background:#e8e8e8;border-radius:2px;padding:1px 3px;font-size:10px;font-weight:700}
.block{margin:4px 0 8px 0}.header{font-size:18px;font-weight:900}
.context{font-size:13px;color:#616061;white-space:pre-wrap}
.p{white-space:pre-wrap;overflow-wrap:anywhere}blockquote{margin:4px 0;padding-left:12px;border-left:4px solid #ddd;white-space:pre-wrap;overflow-wrap:anywhere}
pre{border:1px solid #ddd;border-radius:4px;background:#f8f8f8;padding:8px;font:12px/1.5 Menlo,"DejaVu Sans Mono",monospace;margin:4px 0;white-space:pre-wrap;overflow-wrap:anywhere}
a{color:#1264a3;text-decoration:none}.actions{display:flex;flex-wrap:wrap;gap:8px}
.button{border:1px solid #bbb;border-radius:8px;padding:4px 12px;font-size:13px;font-weight:700;max-width:100%;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
hr{border:0;border-top:1px solid #ddd;margin:16px 0}ul{margin:4px 0;padding-left:24px}
table{border-collapse:collapse;font-size:13px}td{border:1px solid #ddd;padding:4px 8px;vertical-align:top;min-width:90px}
.scroll{overflow-x:auto}.input{border:1px solid #bbb;border-radius:4px;padding:8px;color:#888;min-height:18px}.label{font-weight:700;margin-top:8px}
.hint{color:#616061;font-size:13px}
"""

Json = Mapping[str, Any]


def page(blocks: Sequence[Json], title: str = "", width: int = 1280) -> str:
    """The blocks as a page that looks like Slack's."""
    heading = f'<div class="block header">{html.escape(title)}</div>' if title else ""
    inside = heading + "".join(f'<div class="block">{_block(block)}</div>' for block in blocks)
    who = '<div class="who"><b>firstpass</b> <span class="app">APP</span><span>9:41</span></div>'
    return (
        '<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<style>{STYLE} html{{width:{width}px}}</style><div class="message"><div class="face">fp</div><div class="body">{who}{inside}</div></div>'
        "<script>document.body.dataset.height=document.body.scrollHeight</script>"
    )


def _block(block: Json) -> str:
    return BLOCKS.get(block["type"], _unknown)(block)


def _unknown(block: Json) -> str:
    return html.escape(json.dumps(block))


def _divider(block: Json) -> str:
    return "<hr>"


def _rich_text(block: Json) -> str:
    return "".join(_container(one) for one in block["elements"])


def _section(block: Json) -> str:
    accessory = _element(block["accessory"]) if "accessory" in block else ""
    return f'<div class="p {block["type"]}">{_text(block["text"])}</div>{accessory}'


def _context(block: Json) -> str:
    return f'<div class="context">{" ".join(_text(one) for one in block["elements"])}</div>'


def _actions(block: Json) -> str:
    return f'<div class="actions">{"".join(_element(one) for one in block["elements"])}</div>'


def _table(block: Json) -> str:
    rows = ("".join(f"<td>{_cell(cell)}</td>" for cell in cells) for cells in block["rows"])
    return f'<div class="scroll"><table>{"".join(f"<tr>{row}</tr>" for row in rows)}</table></div>'


def _input(block: Json) -> str:
    hint = f'<div class="hint">{_text(block["hint"])}</div>' if "hint" in block else ""
    return f'<div class="label">{_text(block["label"])}</div>{_element(block["element"])}{hint}'


BLOCKS = {
    "divider": _divider,
    "rich_text": _rich_text,
    "section": _section,
    "header": _section,
    "context": _context,
    "actions": _actions,
    "table": _table,
    "input": _input,
}


def _text(text: Json) -> str:
    return html.escape(text["text"])


def _cell(cell: Json) -> str:
    return _block(cell) if cell["type"] == "rich_text" else html.escape(cell["text"])


def _container(container: Json) -> str:
    tag = {
        "rich_text_section": 'div class="p"',
        "rich_text_quote": "blockquote",
        "rich_text_preformatted": "pre",
        "rich_text_list": "ul",
    }[container["type"]]
    wrap = "<li>{}</li>" if container["type"] == "rich_text_list" else "{}"
    inside = "".join(
        wrap.format(_container(one) if one["type"].startswith("rich_text_") else _leaf(one))
        for one in container["elements"]
    )
    return f"<{tag}>{inside}</{tag.split()[0]}>"


def _leaf(leaf: Json) -> str:
    text = html.escape(leaf.get("text", leaf.get("url", "")))
    for style, tag in (("bold", "b"), ("italic", "i"), ("strike", "s"), ("code", "code")):
        if leaf.get("style", {}).get(style):
            text = f"<{tag}>{text}</{tag}>"
    return f'<a href="{html.escape(leaf["url"])}">{text}</a>' if leaf["type"] == "link" else text


def _element(element: Json) -> str:
    kind = element["type"]
    if kind == "button":
        return f'<span class="button">{_text(element["text"])}</span>'
    if kind in {"checkboxes", "radio_buttons"}:
        mark = "☐" if kind == "checkboxes" else "○"
        return "".join(f'<div class="p">{mark} {_text(one["text"])}</div>' for one in element["options"])
    placeholder = element.get("placeholder", {"text": ""})
    return f'<div class="input">{_text(placeholder)}</div>'


FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
]
HEIGHT = re.compile(r'data-height="(\d+)"')


def screenshot(source: Path, target: Path, width: int) -> None:
    """A picture of the whole page at a width.

    Raises:
        click.ClickException: no Chromium is installed.
    """
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        message = (
            "Chromium is not installed, so no picture can be taken; install it, e.g. apt-get install chromium"
        )
        raise click.ClickException(message)
    with tempfile.TemporaryDirectory() as profile:
        command = [chromium, *FLAGS, f"--user-data-dir={profile}"]
        found = _run([*command, f"--window-size={max(width, 500)},800", "--dump-dom", source.as_uri()])
        match = HEIGHT.search(found)
        height = int(match[1]) if match else 4000
        _run([*command, f"--window-size={width},{height}", f"--screenshot={target}", source.as_uri()])


def _run(command: list[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, timeout=120).stdout.decode("utf-8")


def show(blocks: Sequence[Json], out: Path, *, title: str = "") -> list[Path]:
    """The pictures of the blocks, one for each width, beside the page itself."""
    targets = []
    for name, width in WIDTHS.items():
        source = out.with_name(f"{out.name}-{name}.html")
        source.write_text(page(blocks, title, width), "utf-8")
        target = out.with_name(f"{out.name}-{name}.png")
        screenshot(source.resolve(), target, width)
        targets.append(target)
    return targets


@click.command()
@click.argument("question")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("message"),
    help="Where the page and the pictures go.",
)
@click.option("--library", help="The library asked; the starter library where none is named.")
@click.option(
    "--form", type=click.Choice(["blocks", "simpler"]), default="blocks", help="Which form is shown."
)
def main(question: str, out: Path, library: str | None, form: str) -> None:
    """Answer QUESTION and show the message as Slack would."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from assistant.answering import open_answerer
    from assistant.settings import find_library
    from assistant.slack.blocks import message

    answerer = open_answerer(find_library(library))
    rendered = message(answerer.answer(question), answerer.vocabulary, key="shown")
    for target in show(getattr(rendered, form), out):
        click.echo(target)


if __name__ == "__main__":
    main()
