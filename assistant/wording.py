"""Every sentence that firstpass says itself: a closed list, and the only place where it may grow.

Nothing here judges: no word of effect, harm or worth, no advice. What a study found is said by its own
passage, word for word. `tests/test_wording.py` renders thousands of answers and holds that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from assistant.asked import Ask, Named, Part

if TYPE_CHECKING:
    from assistant.evidence import Count, Evidence

SENTENCES = {
    # the count line
    "match": "{count} of {studies} studies match {facets}.",
    "match-by-species": "{groups} of {studies} studies match {facets}.",
    "compare": "{count} of {studies} studies have both arms of {facets}.",
    "both": "{count} of {studies} studies have both of {facets}.",
    "both-by-species": "{groups} of {studies} studies have both of {facets}.",
    "compare-by-species": "{groups} of {studies} studies have both arms of {facets}.",
    "no-facet": "The question names no product, route or condition that this vocabulary knows; what is below matches its words only.",
    "no-facet-nothing": "The question names no product, route or condition that this vocabulary knows, and no passage comes near its words.",
    # what was searched, and how the question was read
    "scope": "Searched: {library}, built {built}, {documents} documents. Says nothing of papers outside it.",
    "zero": "No study found here is not the same as studies that found no difference.",
    "read": "Read: {senses}",
    "sense": "{form} = {sense}",
    "sense-other": "{form} = {sense} (not {others})",
    "inherited": "From the thread: {facets}",
    "masked": "Masked before anything else: {kinds}. Please delete the message; patient identifiers do not belong in it.",
    "advice": "firstpass shows published passages and does not advise on a patient.",
    "harm": "Asked about harm: case reports count here. One event after another is not shown to be its cause.",
    "apart": "{count} more in this corpus match but are no studies of their own (reviews, protocols, guidelines, comment).",
    "retracted": "{count} retracted, not counted:",
    "arm": "{arm}, with or without the other: {groups}.",
    # the ladder
    "ladder": "One thing different",
    "nearest": "Two things different",
    "named": "{concept} ({words})",
    "rung": "another {facet}",
    "rung-arm": "one arm or another {facet}",
    "rung-join": " and ",
    "columns": "human  animal  in vitro",
    "ladder-columns": "human              animal  in vitro",
    # the passages
    "commentary": "Commentary, not counted",
    "near": "Nearest evidence, not a match",
    "mismatch": "{value}, not {asked}",
    "unstated": "{facet} not stated",
    "note": "our note on",
    "post-date": "date not stated",
    "level": "{scale}: {level} (by design only)",
    "author-level": "authors state: ",
    "scale": "{name}: {direction}",
    "more": "{count} more match; ask with --more to see them.",
    "labels-from": "{facet}: {values} (from: {origin})",
    "section": "section: {section}",
    "sample-size": "n = {n}",
    "passage-route": "this passage: {values}",
    # questions that are not answered with passages
    "out-of-scope": "Outside what this library covers ({library}); no passages are shown.",
    "not-answerable": "This cannot be answered from papers: it asks what happened, not what was published.",
    "urgent": "This reads like an emergency. Follow the local emergency protocol now; firstpass is not for emergencies. Published passages can be asked for afterwards.",
    "none": "Nothing to answer. Ask about a product, a route and a condition, for example: is IV BMC for knee OA real?",
    # the corpus itself, and papers looked up
    "about-count": "{groups} of {studies} studies in this corpus match {facets}.",
    "about-all": "{library} holds {documents} documents, {studies} studies.",
    "about-updated": "{library} was built {built}; newest publication year {newest}; retractions checked: {checked}.",
    "about-retracted": "{count} of {documents} documents in this corpus carry a status; retractions checked: {checked}.",
    "paper-found": "Documents in this corpus that fit {lookup}: {count}.",
    "paper-suppressed": "Retracted: its passages are not shown.",
    "status": "{status}: ",
    # the footer
    "footer": "firstpass {version} · built {built} · {studies} studies · retractions checked: {checked} · {advice}",
    "never": "never",
    "source-changed": 'the stored text of "{document}" is no longer what was quoted, so the answer is withheld; run: firstpass index',
    # what changed between two stores
    "change-store": "{library}: what is served changed from store {before} to {after}.",
    "change-again": "{library}: store {after} is served again, in place of store {before}.",
    "change-unknown": "Store {before} can no longer be read, so what changed since then is not listed.",
    "change-none": "Nothing changed in what answers are made from.",
    "change-status": "{status}: {citation}",
    "change-documents": "Documents: {added} added, {removed} removed, {changed} changed.",
    "change-studies": "Studies: {before} before, {after} now.",
    "change-count": "{species}, {design}: {before} before, {after} now",
    "change-answers": "{count} of {asked} judged questions are answered differently.",
    "change-more": "and {count} more",
    # how old the retraction check is
    "checked": "{date} ({sources})",
    "checked-but": "{date} ({sources}; {but})",
    "checked-earlier": "{count} of {papers} papers earlier",
    "checked-never": "{count} of {papers} papers never",
    # small words
    "anything": "everything",
    "not-stated": "not stated",
    "human": "human {count}",
    "animal": "animal {count}",
    "in-vitro": "in vitro {count}",
    "species-not-stated": "species not stated {count}",
    "english": "This corpus is in English; the question was read by its short forms.",
    # Map
    "map-title": "Evidence gap map: {library}",
    "map-asked": "Inside: {facets}. Framed: what the question names. Other rows: another product; other columns: another condition.",
    "map-near": "Only what the question names, and what has a study beside it",
    "map-none-intervention": "no product given",
    "map-none-condition": "no condition",
    "map-not-stated-intervention": "product not stated",
    "map-not-stated-condition": "condition not stated",
    "map-none-route": "no route",
    "map-not-stated-route": "route not stated",
    "map-routes": "By route, all else as the question names it:",
    "map-store": "Store {version} · built {built} · {documents} documents, {studies} studies · retractions checked: {checked}",
    "map-reading": "Rows: products. Columns: conditions. Each includes what is narrower. A study counts once in a cell; one of two species stands under both, so the marks are never added up.",
    "map-zero": "An empty cell: no study of it in this corpus, which is not the same as studies that found no difference.",
    "map-cell": "{row}, {column}: {counts}.",
    "map-axis-cell": "{name}: {count} studies.",
    "map-broader": "Broader: {name}.",
    "map-total": "{count} of {studies} studies are inside the filters: {counts}.",
    "map-size": "{rows} rows, {columns} columns, {empty} of {cells} cells empty.",
    "map-folded": "{rows} rows and {columns} columns without a study are folded.",
    "map-not-drawn": "Not drawn: {rows} products and {columns} conditions without a study inside this map.",
    "map-fold": "Fold rows and columns without a study",
    "map-open-all": "Open all",
    "map-close-all": "Close to the broadest",
    "map-marks": "Marks",
    "map-by-species": "by species",
    "map-by-design": "by design",
    "map-filters": "Filters",
    "map-filter-none": "{facet}: all",
    "map-filter-some": "{facet}: {chosen}",
    "map-filter-clear": "All of {facet}",
    "map-clear": "Clear all filters",
    "map-option": "{name} ({count})",
    "map-size-of-mark": "The larger the mark, the more studies; the number in it is how many.",
    "map-legend": "{letter} = {name}",
    "map-group-human": "human",
    "map-group-animal": "animal",
    "map-group-in-vitro": "in vitro",
    "map-group-not-stated": "species not stated",
    "map-count": "{name} {count}",
    "map-keys": "Keys: arrows move, Enter opens the list of a cell or folds a row or column, Escape closes the list.",
    "map-grid": "Evidence gap map, products by conditions",
    "map-corner": "product, by condition",
    "map-close": "Close",
    "map-list-group": "{name}: {count} studies",
    "map-list-inside": "Inside the filters: {filters}.",
    "map-list-none": "No study of this in the corpus, inside the filters.",
    "map-list-papers": "{count} papers report this study:",
    "map-list-apart": "No studies of their own, not counted: {count}",
    "map-list-retracted": "Retracted, not counted: {count}",
    "map-labels": "{facet}: {values}",
    "map-script": "This page draws the map with the script inside it; this browser runs none. The counts stand in: firstpass map --json",
    "map-written": "wrote {path}",
    "map-first-part": "The message asks {count} questions; the map is of the first that names something.",
    "map-harm": "The harm asked about is no facet of the map; its counts hold every study of the product, route and condition.",
    # End of Map
    # Slack
    "slack-cut": "Cut at a sentence end, {shown} of {all} characters; the whole: button “{button}”.",
    "slack-not-cut": "Not shown: its first sentence alone has more than {most} characters; the whole: button “{button}”.",
    "slack-own-note": "Our own note on this source, not its words:",
    "slack-more-studies": "{count} more papers match: button “All studies”.",
    "slack-rest": "{count} more questions were asked; too long for one message. Ask them one by one.",
    "slack-continued": "More passages on: {statement}",
    "slack-instead": "{form} as {sense}",
    "slack-instead-label": "Read {form} as {sense} instead and search again",
    "slack-rung": "{facets}: {count}",
    "slack-rung-label": "Show the {count} studies with another {facets}",
    "slack-ladder": "One thing different…",
    "slack-nearest": "Two things different…",
    "slack-columns": "human|RCT|animal|in vitro",
    "slack-context": "Context {number}",
    "slack-context-label": "Passage {number} in its context: {source}",
    "slack-whole": "Whole passage {number}",
    "slack-whole-label": "Passage {number}, whole, in its context: {source}",
    "slack-more-button": "More passages",
    "slack-more-button-label": "Show {count} more passages in this thread",
    "slack-table-button": "All studies",
    "slack-table-button-label": "List all matching studies, or the nearest, as a table here",
    "slack-why-button": "Why?",
    "slack-why-button-label": "Why these labels and levels: where each is from",
    "slack-ris-button": "Citations (RIS)",
    "slack-ris-button-label": "Export the citations of this answer as RIS",
    "slack-bad-button": "Not helpful",
    "slack-bad-button-label": "Say what is wrong with this answer",
    "slack-share-button": "Share in channel",
    "slack-share-button-label": "Post this answer in the channel, where all can read it",
    "slack-notify": "{statement} First: {title}",
    "slack-more-rows": "{count} more rows; ask for one of them by name.",
    "slack-zero-rows": "0 studies here: {names}.",
    "slack-question": "Question {number}: {text}",
    "slack-view-passage": "Passage in its context",
    "slack-view-quoted": "The passage quoted:",
    "slack-view-on": "The text goes on:",
    "slack-view-page": "Page {page} of {pages}, {characters} characters in all.",
    "slack-view-note": "What stands here is our own note on this source, not its words.",
    "slack-view-earlier": "Earlier",
    "slack-view-earlier-label": "The page before this one",
    "slack-view-later": "Later",
    "slack-view-later-label": "The page after this one",
    "slack-view-at": "Back to the passage",
    "slack-view-at-label": "The page with the passage that was quoted",
    "slack-view-close": "Close",
    "slack-view-reasons": "Why these labels",
    "slack-reason-match": "Matches: {facets}",
    "slack-reason-fail": "Does not match: {facets}",
    "slack-reason-facet": "{facet}: {values} (from: {origin})",
    "slack-reason-asked": "{facet}: asked {asked}",
    "slack-reason-level": "{scale}: {level}, because: {basis}",
    "slack-reason-no-level": "No level of {scale}: {basis}",
    "slack-reason-authors": "The authors state of their own paper: ",
    "slack-reason-status": "Status: {status}; retractions checked: {checked}",
    "slack-reason-commentary": "Commentary: quoted apart, never counted.",
    "slack-reason-note": "A study counts as a match only if every facet that the question names matches. A label is from the curator, else the publication type, else MeSH, else a rule on the text.",
    "slack-view-export": "Citations (RIS)",
    "slack-export-note": "Copy into a file that ends in .ris; reference managers import it. {count} of {all} citations.",
    "slack-view-feedback": "What is wrong?",
    "slack-feedback-send": "Send",
    "slack-feedback-cancel": "Cancel",
    "slack-feedback-reasons": "What is wrong with this answer?",
    "slack-feedback-wrong-intervention": "Wrong product",
    "slack-feedback-wrong-preparation": "Wrong preparation",
    "slack-feedback-wrong-route": "Wrong route",
    "slack-feedback-wrong-condition": "Wrong condition",
    "slack-feedback-wrong-species": "Wrong species",
    "slack-feedback-wrong-design": "Wrong design or level",
    "slack-feedback-outdated": "Outdated or retracted",
    "slack-feedback-missing": "A paper is missing",
    "slack-feedback-citation": "Wrong citation",
    "slack-feedback-other": "Not about the question",
    "slack-feedback-paper": "The missing paper's PMID or DOI",
    "slack-feedback-keep": "May the question be kept?",
    "slack-feedback-keep-yes": "Yes, keep the text of my question with this",
    "slack-feedback-keep-hint": "Without it, only how the question was read is kept, with the passages shown and the store's version.",
    "slack-view-ask": "Ask for evidence",
    "slack-ask-send": "Search",
    "slack-ask-question": "Question",
    "slack-ask-example": "is IV BMC for knee OA real?",
    "slack-ask-hint": "No patient identifiers, please: no names, dates of birth or record numbers.",
    "slack-ask-filter": "Only this {facet}",
    "slack-ask-any": "Any",
    "slack-home-title": "Passages word for word, and a count of the evidence",
    "slack-home-what": "Ask about a product, a route and a condition. The answer counts the studies that match exactly, shows how near the rest comes, and quotes passages word for word, each with its citation. No sentence about a study is written by a model.",
    "slack-home-holds": "What it searches",
    "slack-home-store": "{library}: {documents} documents, {studies} studies, {passages} passages. Built {built}, version {version}. Retractions checked: {checked}. Model: {model}.",
    "slack-home-ask": "How to ask",
    "slack-home-how": "Here in a direct message, by a mention in a channel, by /evidence (only you see the answer), or from a message's menu.",
    "slack-home-thread": "Ask on in the thread: “and in humans?” or “what about hip?”. The answer says what it took from before.",
    "slack-home-not": "What not to paste",
    "slack-home-private": "No patient identifiers: no names, dates of birth, record numbers, addresses or telephone numbers. What looks like one is masked before anything else; the message itself is yours to delete.",
    "slack-home-examples": "Try one",
    "slack-home-button": "Ask a question",
    "slack-home-button-label": "Open a form to ask a question, with filters",
    "slack-home-example-label": "Ask: {question}",
    "slack-table-title": "{count} papers; {first} to {last} below.",
    "slack-table-near": "0 studies match exactly. {count} papers differ in one thing or two, or are no studies; {first} to {last} below.",
    "slack-table-heads": "Source|Design|Species|Route|Product|Condition",
    "slack-table-more": "More papers",
    "slack-table-more-label": "The next papers of this list",
    "slack-map-button": "Gap map (picture)",
    "slack-map-button-label": "Post the evidence gap map of this as a picture in this thread",
    # End of Slack
    # Slack: the bot
    "slack-map-before": "The map of this question is in this thread already, or on its way.",
    "slack-map-sent": "The map comes in your direct messages.",
    "slack-map-words": "Slack does not let this app post the map as a picture here (scope files:write). The map in words:",
    "slack-map-more": "{count} more cells have studies.",
    "slack-map-route": "{route}: {counts}",
    "slack-map-none-intervention": "Products with 0 studies here: {names}.",
    "slack-map-none-condition": "Conditions with 0 studies here: {names}.",
    "slack-since-one": "A paper cited in this thread has another status now than when it was cited:",
    "slack-since": "{count} papers cited in this thread have another status now than when they were cited:",
    "slack-since-retracted": "A retracted paper is not counted.",
    "slack-since-again": "Ask again for the answer as it is now.",
    "slack-searching": "is searching the corpus…",
    "slack-separator": " · ",
    "slack-taken": "Searching the corpus…",
    "slack-queued": "Queued, position {place}. The answer follows by itself.",
    "slack-full": "Too many questions wait just now; this one was not taken. Please ask again in a minute.",
    "slack-loop": "Many questions came in this thread within a minute; the rest of them is not answered. Please go on in a new thread.",
    "slack-not-installed": "firstpass is not installed in this workspace (any more); its maintainers can install it again.",
    "slack-org-wide": "firstpass is installed in each workspace, not for a whole organisation: start again and choose one workspace. Nothing was kept.",
    "slack-rotating": "this app's tokens expire (token rotation is on), which firstpass does not follow: make the app anew from the manifest. Nothing was kept.",
    "slack-not-allowed": "firstpass is not set up for this workspace; its maintainers can change that. Nothing was kept.",
    "slack-not-here": "firstpass is not set up for this channel or person; its maintainers can change that.",
    "slack-late": "This question came in while firstpass was offline and is no longer answered by itself. Please ask it again.",
    "slack-failed": "This question could not be answered because of a fault in firstpass. It is logged for the maintainers; please ask again.",
    "slack-expired": "This answer is too old for its buttons. Please ask again.",
    "slack-shared-before": "This answer was shared already.",
    "slack-not-shared": "This answer could not be shared: firstpass may not write in this channel.",
    "slack-thanks": "Noted, thank you. Kept: how the question was read, the passages shown, the store version. Not kept: who you are.",
    "slack-filtered": "{question} ({filters})",
    "slack-need-question": "A question is needed, for example: is IV BMC for knee OA real?",
    "slack-help": "Ask with a product, a route and a condition, for example: /evidence is IV BMC for knee OA real? Only you see the answer. “/evidence status” tells what is searched. Please no patient identifiers; firstpass shows published passages and does not advise on a patient.",
    "slack-status": "{library}: store {version}, built {built}, {documents} documents, {studies} studies, {passages} passages; model {model}. Questions waiting: {waiting}.",
    "slack-prompts": "What this corpus can answer, for example",
    "slack-app-name": "Evidence",
    "slack-app-description": "Finds passages, word for word and with citations, in a curated corpus. It writes no text of its own.",
    "slack-app-about": "Ask about a product, a route and a condition in a direct message, by mentioning @evidence, or with /evidence. The answer is a count of the studies in the corpus and passages copied word for word from the sources that its curators chose, each with its citation and a link. It generates no text, does not advise on a patient, and says what it did not find. Please do not enter patient identifiers.",
    "slack-app-agent": "Quotes passages, with citations, from a curated corpus. No generated text. Please no patient identifiers.",
    "slack-app-command": "Find passages in the corpus (only you see the answer)",
    "slack-app-usage": "[question] | help | status",
    "slack-app-message": "Find evidence for this",
    "slack-app-message-about": "Search the corpus with the text of this message",
    "slack-app-form": "Ask the evidence base",
    "slack-app-form-about": "Open a form for a question, with filters",
    "slack-prompt": "{intervention}, {route}, for {condition}?",
}

FACET_NAMES = {
    "intervention": "product",
    "preparation": "preparation",
    "route": "route",
    "condition": "condition",
    "species": "species",
    "design": "design",
    "comparator": "comparator",
    "source": "cell source",
    "question": "kind of question",
}

STATUS_NAMES = {
    "retracted": "RETRACTED",
    "concern": "EXPRESSION OF CONCERN",
    "corrected": "corrected",
    "superseded": "superseded",
    "notice": "notice, not a study",
    "none-recorded": "none recorded",
}


class Names(Protocol):
    """What wording needs of a vocabulary."""

    def name(self, concept: str) -> str:
        """The concept's name as shown."""


def say(sentence: str, **values: object) -> str:
    """The sentence of that name with its places filled."""
    return SENTENCES[sentence].format(**values)


def name(concept: str, names: Names) -> str:
    """A concept as shown to a person."""
    return say("not-stated") if concept == "not-stated" else names.name(concept)


def listing(values: Iterable[str], names: Names) -> str:
    """Several concepts, any of which was asked or stated."""
    return ", ".join(name(value, names) for value in values)


def facets(part: Part, names: Names) -> str:
    """The facets asked, in the order of the contract."""
    asked = [_facet(facet, values, part, names) for facet, values in part.facets.items() if values]
    return " · ".join(asked) or say("anything")


def _facet(facet: str, values: tuple[str, ...], part: Part, names: Names) -> str:
    from assistant.evidence import rules

    if facet == "species" and set(values) >= set(rules()["animals"]):
        return "animal"
    if facet == part.compared_facet:
        joint = " vs " if part.ask is Ask.COMPARISON else " + "
        return joint.join(_as_named(value, part.named, names) for value in part.compared)
    return " or ".join(_as_named(value, part.named, names) for value in values)


def _as_named(value: str, named: Sequence[Named], names: Names) -> str:
    """A concept with what the question names of it: "non-steroidal anti-inflammatory drug (naproxen)"."""
    told = [
        ", ".join(filter(None, (*one.source, " ".join(one.words)))) for one in named if one.concept == value
    ]
    if not any(told):
        return name(value, names)
    return say("named", concept=name(value, names), words=" / ".join(told))


def groups(count: Count) -> str:
    """Studies by human, animal and in vitro: never added up, zeros shown."""
    words = [say(group, count=count.by_group[group]) for group in ("human", "animal", "in-vitro")]
    if count.by_group["not-stated"]:
        words.append(say("species-not-stated", count=count.by_group["not-stated"]))
    return " · ".join(words)


def statement(evidence: Evidence, part: Part, names: Names) -> str:
    """The first line of an answer: the count."""
    if not evidence.asked:
        return say("no-facet")
    kind = "match"
    if part.compared_facet:
        kind = "compare" if part.ask is Ask.COMPARISON else "both"
    asked = facets(part, names)
    if "species" in evidence.asked or not evidence.direct.studies:
        return say(kind, count=evidence.direct.studies, studies=evidence.studies, facets=asked)
    return say(f"{kind}-by-species", groups=groups(evidence.direct), studies=evidence.studies, facets=asked)


def before_passages(part: Part, evidence: Evidence, names: Names) -> tuple[str, ...]:
    """The fixed lines between the count and the passages."""
    lines = []
    if part.advice:
        lines.append(say("advice"))
    if part.ask is Ask.HARM:
        lines.append(say("harm"))
    if evidence.asked and not evidence.direct.studies:
        lines.append(say("zero"))
    lines += [say("arm", arm=name(arm, names), groups=groups(count)) for arm, count in evidence.arms.items()]
    if evidence.apart:
        lines.append(say("apart", count=len(evidence.apart)))
    return tuple(lines)


def assumed(part: Part, names: Names) -> str | None:
    """How short forms were read, and what else they could mean; None where nothing was assumed."""
    senses = []
    for one in part.assumed:
        sense = name(one.sense, names)
        if not one.others and one.form.casefold().rstrip("s") == sense.casefold().rstrip("s"):
            continue
        if one.others:
            senses.append(
                say(
                    "sense-other",
                    form=one.form,
                    sense=sense,
                    others=", ".join(name(o, names) for o in one.others),
                )
            )
        else:
            senses.append(say("sense", form=one.form, sense=sense))
    return say("read", senses=" · ".join(senses)) if senses else None


def inherited(part: Part, names: Names) -> str | None:
    """What was taken from earlier messages of the thread; None where nothing was."""
    taken = [
        _facet(facet, part.facets[facet], part, names) for facet in part.inherited if part.facets.get(facet)
    ]
    return say("inherited", facets=" · ".join(taken)) if taken else None


def rung(dropped: tuple[str, ...], part: Part) -> str:
    """The name of a rung: what is different there. Where arms are compared, a study with one of them stands on it too."""
    arms = part.compared_facet if part.ask is Ask.COMPARISON else None
    return say("rung-join").join(
        say("rung-arm" if facet == arms else "rung", facet=FACET_NAMES[facet]) for facet in dropped
    )


def facet_shown(
    facet: str,
    values: tuple[str, ...],
    asked: Mapping[str, tuple[str, ...]],
    names: Names,
    named: Sequence[Named] = (),
) -> str:
    """One label of a passage; where it fails the question, that is said with it.

    Args:
        facet: the label's.
        values: the label's.
        asked: the values asked of each facet that it fails.
        names: the concepts' names.
        named: what the question names within a concept asked.
    """
    stated = (
        say("unstated", facet=FACET_NAMES[facet]) if values == ("not-stated",) else listing(values, names)
    )
    if facet in asked:
        return say(
            "mismatch",
            value=stated,
            asked=" or ".join(_as_named(value, named, names) for value in asked[facet]),
        )
    return stated


def fixed(ask: Ask, library: str) -> str:
    """The fixed line for what is not answered with passages."""
    return say(ask.value, library=library)


def masked(kinds: tuple[str, ...]) -> str:
    """What was masked, by kind only."""
    return say("masked", kinds=", ".join(kinds))


def source_changed(document: str) -> str:
    """Why an answer is withheld."""
    return say("source-changed", document=document)


def scope(stamp: Any) -> str:
    """What was searched, and what that does not say."""
    return say("scope", library=stamp.library, built=stamp.built[:10], documents=stamp.documents)


def footer(stamp: Any) -> str:
    """Store, date, size, the age of the retraction check, and the fixed line on advice."""
    return say(
        "footer",
        version=stamp.version[:8],
        built=stamp.built[:10],
        studies=stamp.studies,
        checked=stamp.checked or say("never"),
        advice="Shows published passages; does not advise on a patient.",
    )
