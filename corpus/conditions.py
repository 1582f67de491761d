"""Conditions: what was treated or studied."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from corpus.condition_mentions import (
    COMPLICATIONS,
    LAST,
    PLACES,
    REPAIRED,
    in_the_past,
    listed,
    said_conditions,
)
from corpus.label import NONE, NOT_STATED
from corpus.mentions import Mention
from corpus.sentence_roles import BODY, CONCLUSION, OBJECTIVE, TITLE
from corpus.study_reading import CASES, REVIEWS, TRIALS, Placed, Span, Study, narrowest
from corpus.study_rules import rules

_MEANT = 3
"""How often a disease is named outside the title of a paper on cells that is about it."""
_CELLS = re.compile(
    r"\b(?:stem cells?|pluripotent|embryonic|organoids?|cell lines?|progenitors?|haematopoie\w+|hematopoie\w+)\b"
)
_EXAMPLE = re.compile(
    r"\b(?:particularly|especially|notably|such as|e\.g\.?|for example|including)\W*(?:in )?$"
)
_TWO_SITES = re.compile(
    r"\b(?:osteoarthritis|oa)\b(?: \(oa\))? of (?:the )?(?:hips?|knees?) (?:or|and|and/or) (?:the )?(?:hips?|knees?)\b"
    r"|\b(?:hips?|knees?) (?:or|and|and/or) (?:hips?|knees?) (?:osteoarthritis|oa)\b"
)
_BARE = re.compile(r"diseases?|disorders?|injur(?:y|ies)")
_UNNAMED = re.compile(r"(?:\b(?:and|or|in|of|for|human|health)|,)\s*$")
"""What stands before a disease that is not named: "development and disease"."""
_GENERAL = re.compile(
    r"lesions?|injur(?:y|ies)|pain|wounds?|failure|deformit(?:y|ies)|trauma|instability|dislocations?|malalignment"
    r"|atrophy|disorders?|diseases?|defects?|ulcers?|bleeding|dysfunction|impairment"
)
"""What a disease is called where it has no name of its own."""
_GENE = re.compile(
    r"\W+(?:protein|gene|tumou?r suppressor|family)\b|-(?:related|relevant|associated|causing) "
)
"""After a disease that names a gene or a kind of research: "retinoblastoma protein", "disease-related"."""
_CARTILAGE = re.compile(r"cartilage|chondral|chondrocyte")
_LABORATORY = frozenset({"animal-study", "in-vitro-study", "narrative-review", NOT_STATED})


def conditions(study: Study, given: tuple[str, ...]) -> tuple[str, ...]:
    """What was treated or studied: the title's conditions, else those of the objective, else the one said most."""
    held = _held(study, given)
    if held and not any(_named_in(study, value, {TITLE}) for value in held):
        settled = _by_title(study, held)
        if settled:
            return (settled,)
    if given == (NONE,) and _biology(study, held):
        roles = {one.sentence.role for one in study.of("condition") if one.mention.concept in held}
        return (NOT_STATED,) if roles & {BODY, CONCLUSION} else (NONE,)
    values = _by_what_was_done(study, given, narrowest(study, _narrowed(study, held)))
    for value in values:
        for mention in held.get(value, []):
            study.note("condition", value, mention)
    return tuple(sorted(values)) or _unknown_condition(study)


def _held(study: Study, given: Collection[str]) -> dict[str, list[Mention]]:
    """The conditions that the paper is about by where and how often it names them."""
    held = said_conditions(study, given, PLACES)
    if not held and study.design & REVIEWS:
        held = listed(study)
    if not held and not _disease(study, {TITLE}) and _told_once(study, given):
        held = said_conditions(study, given, LAST)
        if study.design == {"in-vitro-study"} or set(given) <= {NONE, NOT_STATED}:
            held.pop("other", None)
        if len(held) > 1:
            held = {value: said for value, said in held.items() if value not in COMPLICATIONS}
    return held


def _by_title(study: Study, held: Collection[str]) -> str:
    """What a title settles that names none of the conditions held: a disease of its own name, healthy people, a complaint relieved."""
    if study.design & CASES and _named_disease(study):
        return "other"
    aimed = any(_named_in(study, value, {OBJECTIVE}) for value in held)
    if _of_the_healthy(study, {TITLE} if aimed else {TITLE, OBJECTIVE, BODY}):
        return NONE
    if not study.design & TRIALS and rules().cues["harm_title"].search(study.title):
        return "other"
    return "other" if set(held) == {"cancer"} and _of_relief(study, {TITLE}) else ""


def _by_what_was_done(study: Study, given: Collection[str], values: set[str]) -> set[str]:
    """The conditions with what an operation itself tells: a prosthesis, the repair of cartilage."""
    if study.species & {"human", NOT_STATED} and _of_arthroplasty(study):
        values = {value for value in values if not in_the_past(study, value)} | {"arthroplasty-patients"}
    if _of_repair(study) and not _named_in(study, "bone-marrow-lesion", {TITLE}):
        values = values - {"bone-marrow-lesion"}
    if set(given) & REPAIRED and values <= {"bone-marrow-lesion"} and _CARTILAGE.search(study.reading.lower):
        values.add("cartilage-defect")
    alone = values <= {"arthroplasty-patients"}
    if alone and study.living and not _disease(study, {TITLE}) and _of_repair(study):
        values.add("cartilage-defect")
    return values


def _told_once(study: Study, given: Collection[str]) -> bool:
    """Whether a disease named once, in passing, may be the one that was treated: not in a review or an opinion, which name many."""
    if set(given) & REPAIRED:
        return True
    return not study.design & (REVIEWS | {"commentary"}) and (
        study.design != {NOT_STATED} or not set(given) <= {NONE, NOT_STATED}
    )


def _biology(study: Study, held: Mapping[str, list[Mention]]) -> bool:
    """Whether a study that treats nothing is about how cells work, and a disease is only named as a reason for it."""
    told = [one for one in study.of("condition") if one.mention.concept in held]
    in_title = any(one.sentence.role == TITLE for one in told)
    if not held and study.design & REVIEWS and "human" not in study.species:
        return not _disease(study)
    return (
        study.design <= _LABORATORY
        and not in_title
        and not _disease(study)
        and len(told) < _MEANT
        and bool(rules().cues["biology_title"].search(study.title) or _CELLS.search(study.title))
    )


def _narrowed(study: Study, held: Mapping[str, list[Mention]]) -> set[str]:
    """The conditions, a general one made the single narrower one that the study's own sentences name."""
    values = set(held)
    wide = study.design & REVIEWS
    own_roles = {TITLE, OBJECTIVE, CONCLUSION} if wide else {TITLE, OBJECTIVE, BODY, CONCLUSION}
    own = {
        one.mention.concept
        for one in study.of("condition")
        if one.sentence.role in own_roles and not one.mention.negated and not _instance(study, one)
    }
    for value in sorted(values):
        narrower = set(study.vocabulary.narrower(value) - {value})
        aimed = {value for value in narrower & own if _named_in(study, value, {TITLE, OBJECTIVE})}
        below = aimed if len(aimed) == 1 and not wide else narrower & own
        anywhere = {
            one.mention.concept
            for one in study.of("condition")
            if not one.mention.negated and not _instance(study, one)
        }
        if not wide:
            below = below or narrower & anywhere
        if value == "osteoarthritis" and not below:
            below = _sites(study, {TITLE, OBJECTIVE})
            if not below and study.design != {"in-vitro-study"} and not wide:
                below = _sites(study, {BODY, CONCLUSION})
        if value == "osteoarthritis" and len(below) > 1 and _TWO_SITES.search(study.reading.lower):
            values |= below
        if len(below) == 1 and not values & narrower:
            values |= below
    return values


def _instance(study: Study, one: Placed) -> bool:
    """Whether a narrower disease is only the first example of the general one."""
    return bool(_EXAMPLE.search(study.before(one)))


def _sites(study: Study, wanted: Collection[str]) -> set[str]:
    """The diseases of the joints that those sentences name."""
    asked = " ".join(study.whole(one) for one in study.sentences if one.role in wanted)
    return {
        site for word, site in study.vocabulary.sites.items() if re.search(rf"(?<!other )\b{word}s?\b", asked)
    }


def _of_arthroplasty(study: Study) -> bool:
    """Whether the title is about people with a prosthesis, not about postponing one."""
    return any(
        one.mention.concept == "arthroplasty"
        and one.sentence.role == TITLE
        and re.search(r"plast|replace|prosthe|^t[khs]a", one.mention.form.lower())
        and not re.search(r"\b(?:distraction|abrasion|resection|excision|fascial) $", study.before(one))
        and not re.match(
            r"\W*(?:as an? |prediction|risk|need|candida\w+|incidence|rates?|surgery prediction)\b",
            study.after(one),
        )
        and not rules().cues["joint_spared"].search(study.before(one))
        for one in study.of("intervention")
    )


def _named_in(study: Study, value: str, wanted: Collection[str]) -> bool:
    return any(one.mention.concept == value and one.sentence.role in wanted for one in study.of("condition"))


def _of_repair(study: Study) -> bool:
    """Whether the title names what is done to a cartilage defect and to nothing else."""
    return any(
        one.sentence.role == TITLE
        and (
            one.mention.concept in {"chondrocyte-implantation", "osteochondral-graft"}
            or "chondrogenesis" in one.mention.form.lower()
        )
        for one in study.of("intervention")
    )


def _disease(study: Study, wanted: Collection[str] = frozenset({TITLE, OBJECTIVE})) -> Span | None:
    """Where title or objective name a disease that is no concept, by the word's ending."""
    for sentence in study.sentences:
        if sentence.role in wanted:
            text = study.whole(sentence)
            for found in rules().cues["disease_word"].finditer(text):
                of_a_gene = found.group() == "deficiency" and "human" not in study.species
                of_a_gene = of_a_gene or bool(_GENE.match(text[found.end() :]))
                of_a_gene = of_a_gene or text[: found.start()].endswith(("embryonic ", "embryonal "))
                unnamed = _BARE.fullmatch(found.group()) and _UNNAMED.search(text[: found.start()])
                if not (of_a_gene or unnamed):
                    return sentence.start + found.start(), sentence.start + found.end()
    return None


def _named_disease(study: Study) -> bool:
    """Whether the title names a disease that is no concept by a name of its own: "gigantism", not "lesion"."""
    span = _disease(study, {TITLE})
    return span is not None and not _GENERAL.fullmatch(study.reading.lower[span[0] : span[1]])


def _of_the_healthy(study: Study, wanted: Collection[str] = frozenset({TITLE, OBJECTIVE})) -> bool:
    """Whether title or aim say that healthy people were treated."""
    cue = rules().cues["healthy_people"]
    return any(one.role in wanted and cue.search(study.whole(one)) for one in study.sentences)


def _of_relief(study: Study, wanted: Collection[str] = frozenset({TITLE, OBJECTIVE})) -> bool:
    """Whether title or aim name the relief of a complaint that is no concept: "analgesia after arthroscopy"."""
    cue = rules().cues["relief"]
    return any(one.role in wanted and cue.search(study.whole(one)) for one in study.sentences)


def _unknown_condition(study: Study) -> tuple[str, ...]:
    span = _disease(study)
    if span:
        study.spans.setdefault(("condition", "other"), []).append(span)
        return ("other",)
    if study.design == {"in-vitro-study"} or _of_the_healthy(study, {TITLE, OBJECTIVE, BODY}):
        return (NONE,)
    if not study.design & REVIEWS and "human" in study.species and _of_relief(study):
        return ("other",)
    return (NOT_STATED,) if study.species & {"human", NOT_STATED} else (NONE,)
