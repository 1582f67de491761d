"""Forms: a question with filters, and what is wrong with an answer; and what was entered in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant import wording
from assistant.slack import actions
from assistant.slack.budget import LABEL, Block, shorten
from assistant.slack.pieces import modal, plain
from assistant.wording import FACET_NAMES, say
from corpus.vocabulary import Vocabulary

QUESTION = 3_000
FILTERS = ("species", "design", "route")
"""Facets that the form offers as filters: few enough values to choose from."""
OPTIONS = 100
REASONS = (
    "wrong-intervention",
    "wrong-preparation",
    "wrong-route",
    "wrong-condition",
    "wrong-species",
    "wrong-design",
    "outdated",
    "missing",
    "citation",
    "other",
)
"""What may be wrong with an answer; those that begin with "wrong-" name a facet."""
PAPER = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """What was entered in the question form.

    Attributes:
        facets: the filters chosen, by facet; only those that were chosen.
        private: what the form was opened with.
    """

    question: str
    facets: Mapping[str, tuple[str, ...]]
    private: str


@dataclass(frozen=True, slots=True)
class Feedback:
    """What was entered in the feedback form.

    Attributes:
        key: the answer's id.
        reasons: of `REASONS`.
        paper: the missing paper's PMID or DOI as entered; empty where none was.
        keep: whether the person allows that the question's text is kept.
    """

    key: str
    part: int
    reasons: tuple[str, ...]
    paper: str
    keep: bool


def ask_form(names: Vocabulary, *, question: str = "", private: str = "") -> dict[str, Any]:
    """The form for a question with filters.

    Args:
        names: the vocabulary, for the filters' values.
        question: what already stands in the form.
        private: what `asked` gives back, at most 3,000 characters (a channel's id).
    """
    element: dict[str, Any] = {
        "type": "plain_text_input",
        "action_id": "question",
        "multiline": True,
        "max_length": QUESTION,
        "placeholder": plain(say("slack-ask-example"), 150),
    }
    if question.strip():
        element["initial_value"] = question[:QUESTION]
    blocks = [_input("question", say("slack-ask-question"), element, hint=say("slack-ask-hint"))]
    blocks += [_filter(facet, names) for facet in FILTERS if names.ids(facet)]
    form = modal("slack-view-ask", blocks, callback_id=actions.ASK_FORM, private=private)
    return form | {"submit": plain(say("slack-ask-send")), "close": plain(say("slack-feedback-cancel"))}


def _filter(facet: str, names: Vocabulary) -> Block:
    values = [value for value in names.ids(facet) if value not in {"none", "not-stated", "other"}]
    named = sorted((wording.name(value, names), value) for value in values)[:OPTIONS]
    element = {
        "type": "multi_static_select",
        "action_id": facet,
        "placeholder": plain(say("slack-ask-any")),
        "options": [_option(name, value) for name, value in named],
    }
    return _input(
        f"filter-{facet}", say("slack-ask-filter", facet=FACET_NAMES[facet]), element, optional=True
    )


def _option(name: str, value: str) -> Block:
    return {"text": plain(shorten(name, LABEL), LABEL), "value": value}


def _input(
    block_id: str, label: str, element: Mapping[str, Any], *, hint: str = "", optional: bool = False
) -> Block:
    block = {"type": "input", "block_id": block_id, "label": plain(label, 2000), "element": dict(element)}
    if hint:
        block["hint"] = plain(hint, 2000)
    return block | {"optional": True} if optional else block


def asked(view: Mapping[str, Any]) -> Asked:
    """What was entered in the question form, of the view that Slack sends back."""
    values = view.get("state", {}).get("values", {})
    question = values.get("question", {}).get("question", {}).get("value") or ""
    facets = {facet: _selected(values, f"filter-{facet}", facet) for facet in FILTERS}
    return Asked(
        question.strip(),
        {facet: chosen for facet, chosen in facets.items() if chosen},
        view.get("private_metadata") or "",
    )


def _selected(values: Mapping[str, Any], block: str, action: str) -> tuple[str, ...]:
    chosen = values.get(block, {}).get(action, {}).get("selected_options") or ()
    return tuple(str(one.get("value", "")) for one in chosen)


def feedback_view(key: str, part: int = 0) -> dict[str, Any]:
    """The form of reasons: what is wrong, which paper is missing, and whether the question may be kept."""
    reasons = {
        "type": "checkboxes",
        "action_id": "reasons",
        "options": [_option(say(f"slack-feedback-{one}"), one) for one in REASONS],
    }
    paper = {"type": "plain_text_input", "action_id": "paper", "max_length": PAPER}
    keep = {
        "type": "checkboxes",
        "action_id": "keep",
        "options": [_option(say("slack-feedback-keep-yes"), "keep")],
    }
    blocks = [
        _input("reasons", say("slack-feedback-reasons"), reasons),
        _input("paper", say("slack-feedback-paper"), paper, optional=True),
        _input("keep", say("slack-feedback-keep"), keep, hint=say("slack-feedback-keep-hint"), optional=True),
    ]
    form = modal(
        "slack-view-feedback",
        blocks,
        callback_id=actions.FEEDBACK_FORM,
        private=actions.encode(key, part),
    )
    return form | {"submit": plain(say("slack-feedback-send")), "close": plain(say("slack-feedback-cancel"))}


def feedback(view: Mapping[str, Any]) -> Feedback | None:
    """What was entered in the feedback form, of the view that Slack sends back; None where it is none of ours."""
    opened = actions.decode(view.get("private_metadata") or "")
    if opened is None:
        return None
    values = view.get("state", {}).get("values", {})
    paper = values.get("paper", {}).get("paper", {}).get("value") or ""
    return Feedback(
        opened.key,
        opened.part,
        tuple(one for one in _selected(values, "reasons", "reasons") if one in REASONS),
        " ".join(paper.split())[:PAPER],
        _selected(values, "keep", "keep") == ("keep",),
    )
