"""Kinds: what a question wants, told by its cues and by what it names."""

from __future__ import annotations

import re
from itertools import pairwise

from assistant.asked import FACETS_COMPARED, Ask
from assistant.cues import cue, lists, whole_words, words
from assistant.facets import Reader
from assistant.found import Found

_ABOUT = ("updated", "retracted", "count", "gaps", "contents")
_TREATED = re.compile(r"\b(?:for|treat\w*|therapy\s+(?:of|for)|in|with)\s+(?:\w+\s+)?$", re.IGNORECASE)
_WORDS = re.compile(r"[^\W\d_]+(?:[\-'][^\W\d_]+)*")
_COST = whole_words(
    ["costs?", "prices?", "parking", "insurance", "reimburse\\w*", "copay", "cpt", "icd[\\s-]?10", "billing"]
)
_OK_END = re.compile(
    r"\b(?:ok(?:ay)?|alright|all\s+right|fine|allowed|kosher|bad(?:\s+idea)?)\W*$", re.IGNORECASE
)
_CAUSAL = whole_words(
    [
        "(?:related|due|attributed|attributable)\\s+to",
        "because\\s+of",
        "leads?\\s+to",
        "led\\s+to",
        "responsible\\s+for",
        "from",
        "after",
        "following",
        "result(?:s|ed)?\\s+in",
        "with",
    ]
)


def is_small_talk(text: str) -> bool:
    """Whether nothing is asked: thanks, a greeting, a question mark or a picture alone."""
    said = _WORDS.findall(text.lower())
    if not said and re.search(r"\d{7,8}|10\.\d{4}", text):
        return False
    quiet = whole_words(lists()["cues"]["small_talk"])
    return all(quiet.fullmatch(word) for word in said)


def is_urgent(text: str) -> bool:
    """Whether somebody is in danger now."""
    shouted = re.search(r"\b(?:NOW|HELP|STAT|ASAP|URGENT|EMERGENCY)\b|!!", text)
    if cue("cues", "research").search(text) and not shouted:
        return False
    if cue("cues", "urgent").search(text):
        return True
    states = [match.span() for match in cue("cues", "urgent_state").finditer(text)]
    now = [match.span() for match in cue("cues", "urgent_now").finditer(text)]
    return any(state != moment for state in states for moment in now)


def is_not_answerable(text: str) -> bool:
    """Whether it asks what happened, which no paper says."""
    return bool(cue("cues", "not_answerable").search(text))


def about_corpus(text: str, found: Found) -> str | None:
    """What is asked of the corpus itself; None where the question is of something else."""
    for name in _ABOUT:
        if cue("about", name).search(text):
            named = any(found.values[facet] for facet in ("intervention", "condition", "route"))
            if name == "contents" and named:
                return None
            if name == "count" and not named and set(found.terms) - words("about", "counted"):
                return None
            return name
    return None


def outside_by_words(text: str, found: Found, reader: Reader) -> bool:
    """Whether the words are of another field or of everyday life, and nothing of this channel outweighs them."""
    product = any(one in reader.products for one in found.values["intervention"])
    condition = any(one in reader.ours for one in found.values["condition"])
    if cue("scope", "everyday").search(text):
        return bool(_COST.search(text)) or not (product and (condition or found.values["route"]))
    fields = [match.group() for match in cue("scope", "other_fields").finditer(text)]
    beside = cue("scope", "beside")
    if fields and not (_product(found, reader) and all(beside.fullmatch(one) for one in fields)):
        stated = condition and not found.sited
        others = set(found.values["intervention"]) - words("scope", "not_ours")
        return not (product and condition) and not (stated and others)
    return False


def in_scope(text: str, found: Found, reader: Reader) -> bool:
    """Whether the question names something that this corpus is about."""
    if _product(found, reader):
        return True
    if cue("scope", "topics").search(text):
        return True
    if set(found.values["route"]) & words("scope", "routes"):
        return True
    condition = any(one in reader.ours for one in found.values["condition"])
    ours = set(found.values["intervention"]) - words("scope", "not_ours")
    if condition and (not found.sited or ours or not found.terms):
        return True
    return condition and bool(cue("scope", "asks_treatment").search(text))


def _product(found: Found, reader: Reader) -> bool:
    """Whether a product of this channel is named by more than a short form that means other things elsewhere."""
    named = [
        (start, end)
        for start, end, facet, value in found.spans
        if facet in {"intervention", "also"} and value in reader.products
    ]
    weak = words("scope", "weak_forms")
    if any(found.text[start:end].upper() not in weak for start, end in named):
        return True
    supported = any(one in reader.ours for one in found.values["condition"]) or bool(found.values["route"])
    return bool(named) and supported


def harm_named(text: str) -> tuple[str, ...]:
    """The harms that the text names as harms, not as what is treated."""
    named = []
    for concept, forms in lists()["harms"].items():
        for match in whole_words(forms).finditer(text):
            if match.group() == match.group().lower() == "pe":
                continue
            if not _TREATED.search(text[: match.start()]):
                named.append(concept)
                break
    return tuple(sorted(named))


def is_harm(text: str, *, patient: bool) -> bool:
    """Whether it asks for harm: by a word of harm, a cause, or "ok?" of a product."""
    for match in cue("cues", "harm").finditer(text):
        if not _TREATED.search(text[: match.start()]) or match.group().lower() in {"safe", "safely"}:
            return True
    if harm_named(text) and _CAUSAL.search(text):
        return True
    return not patient and bool(_OK_END.search(text.strip()))


def is_advice(text: str) -> bool:
    """Whether it asks what to do with a patient."""
    return bool(cue("cues", "advice").search(text))


def compared(text: str, found: Found) -> tuple[str, ...]:
    """The interventions, else the routes or preparations, set against each other, in the order of the text; empty where nothing is compared."""
    return next((arms for facet in FACETS_COMPARED if (arms := _arms(text, found, facet))), ())


def _arms(text: str, found: Found, facet: str) -> tuple[str, ...]:
    arms = sorted((start, end, value) for start, end, of, value in found.spans if of == facet)
    names = list(dict.fromkeys(value for _, _, value in arms))
    if len(names) < 2:  # noqa: PLR2004 - a comparison has at least two arms
        return ()
    between = [text[left[1] : right[0]] for left, right in pairwise(arms) if left[2] != right[2]]
    direct = any(_sets_against(gap, facet) and len(gap) < 60 for gap in between)  # noqa: PLR2004 - about ten words
    overall = re.search(
        r"\b(?:which\s+(?:one|is|works)|better|superior|difference\s+between|compar\w+|head[\s-]to[\s-]head|vs\.?|versus)\b",
        text,
        re.IGNORECASE,
    )
    return tuple(names) if direct or overall else ()


def _sets_against(gap: str, facet: str) -> bool:
    """Whether what stands between two values sets them against each other; "IV or intra-articular" asks for either."""
    said = {match.group().lower() for match in cue("cues", "comparison").finditer(gap)}
    return bool(said if facet == "intervention" else said - words("cues", "either"))


def together(found: Found) -> tuple[str, ...]:
    """The interventions asked for in one study: those with neither "or" nor a comma between them; empty for one alone."""
    values = found.values["intervention"]
    arms = sorted(one for one in found.spans if one[2] == "intervention" and one[3] in values)
    names = tuple(dict.fromkeys(value for _, _, _, value in arms))
    if len(names) < 2 or set(names) != set(values):  # noqa: PLR2004 - two products at least
        return ()
    alternatives = words("mentions", "alternatives")
    between = [found.text[left[1] : right[0]].lower() for left, right in pairwise(arms)]
    listed = any("," in gap or "/" in gap or ";" in gap or set(gap.split()) & alternatives for gap in between)
    return () if listed else names


def kind(text: str, found: Found, reader: Reader) -> Ask:
    """The kind of a question that is not about the corpus and looks no paper up."""
    if outside_by_words(text, found, reader) or not in_scope(text, found, reader):
        return Ask.OUT_OF_SCOPE
    if compared(found.text, found):
        return Ask.COMPARISON
    return Ask.HARM if is_harm(text, patient=is_advice(text)) else Ask.EVIDENCE
