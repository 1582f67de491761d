"""`firstpass explain`: the whole reasoning behind one answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from assistant.commands import options

if TYPE_CHECKING:
    from assistant.answer import Answer, PartAnswer, Quote


@click.command("explain", short_help="Show the whole reasoning behind one answer.")
@click.argument("question", nargs=-1, required=True)
@click.option(
    "--follow",
    multiple=True,
    metavar="TEXT",
    help="An earlier message of the thread, oldest first; may be given again.",
)
@options.library
@options.as_json
def command(question: tuple[str, ...], follow: tuple[str, ...], library: str | None, *, json_: bool) -> None:
    r"""Answer QUESTION and say why: senses, facets, gates, labels with the words that gave them, scores, and the store.

    \b
    Example:
      firstpass explain "is IV BMC for knee OA real?"
    """
    from assistant.answering import open_answerer
    from assistant.progress import bar
    from assistant.settings import find_library

    text = options.from_input() if question == ("-",) else " ".join(question)
    with bar() as progress:
        answerer = open_answerer(find_library(library), progress)
        answer = answerer.answer(text, follow)
    told = explanation(answer, answerer)
    if json_:
        options.print_json(told)
    else:
        click.echo("\n".join(lines(told)))


def explanation(answer: Answer, answerer: Any) -> dict[str, Any]:
    """Everything that led to an answer, as plain values."""
    from assistant.contract import answer_object

    store = answerer.sources.store
    return {
        **answer_object(answer),
        "floor": answerer.sources.floor,
        "fingerprints": {
            name: getattr(store.manifest.fingerprints, name)
            for name in type(store.manifest.fingerprints).__slots__
        },
        "reasons": [_reasons(part, answerer.vocabulary, store) for part in answer.parts],
    }


def _reasons(part: PartAnswer, vocabulary: Any, store: Any) -> dict[str, Any]:
    asked = part.part
    return {
        "kind": asked.ask.value,
        "advice": asked.advice,
        "terms": list(asked.terms),
        "harm": list(asked.harm),
        "compared": list(asked.compared),
        "grade": list(asked.grade),
        "inherited": list(asked.inherited),
        "matches": {
            facet: sorted(vocabulary.name(value) for value in values)
            for facet, values in (part.evidence.asked if part.evidence else {}).items()
        },
        "passages": [_quote(quote, store) for quote in part.quotes],
    }


def _quote(quote: Quote, store: Any) -> dict[str, Any]:
    from corpus.label import NAMED, OCCASION

    text, kept = quote.document.text, store.kept_labels(quote.document.id)
    return {
        "document": quote.document.id,
        "score": quote.score,
        "words_score": quote.words_score,
        "cosine": quote.cosine,
        "labels": {
            facet: {
                "values": list(label.values),
                "from": label.origin.value,
                "words": [text[start:end] for start, end in label.spans],
            }
            for facet, label in quote.labels.items()
        },
        "kept": {name: list(kept[name].values) for name in (NAMED, OCCASION) if name in kept},
        "level_basis": quote.appraisal.level_basis,
        "curator": [
            f"{word.facet}: {', '.join(word.values)} ({word.who}, {word.when}: {word.why})"
            for word in quote.document.curator
        ],
    }


def lines(told: dict[str, Any]) -> list[str]:
    """The same for a terminal."""
    found = [
        f"store {told['store']['version']}, built {told['store']['built']}, model {told['store']['model']}, floor {told['floor']}"
    ]
    found += [f"fingerprint of {name}: {value}" for name, value in told["fingerprints"].items()]
    for number, (part, reasons) in enumerate(zip(told["parts"], told["reasons"], strict=True), start=1):
        found += [
            "",
            f"part {number}: {part['text']}",
            f"  outcome: {part['outcome']}   kind: {reasons['kind']}   advice: {reasons['advice']}",
        ]
        found += [f"  {part['statement']}"]
        found += [
            f"  sense: {one['form']} = {one['sense']}, not {', '.join(one['others']) or '-'}"
            for one in part["assumed"]
        ]
        found += [
            f"  {name}: {', '.join(reasons[name])}"
            for name in ("terms", "harm", "compared", "grade", "inherited")
            if reasons[name]
        ]
        found += [
            f"  named within {one['concept']}: {', '.join((*one['source'], *one['words']))}"
            for one in part["named"]
        ]
        found += [
            f"  {facet} matches any of: {', '.join(values)}" for facet, values in reasons["matches"].items()
        ]
        found += [f"  let go {rung['dropped']}: {rung['studies']} studies" for rung in part["ladder"]]
        for passage, reason in zip(part["passages"], reasons["passages"], strict=True):
            found += _passage_lines(passage, reason)
    return found


def _passage_lines(passage: dict[str, Any], reason: dict[str, Any]) -> list[str]:
    where = f"{passage['start']}-{passage['end']}"
    lines = [
        "",
        f"  {reason['document']} {where}: score {reason['score']}, words {reason['words_score']:.2f}, cosine {reason['cosine']:.3f}",
    ]
    lines += [
        f"    {facet}: {'matches' if matched else 'does not match'}"
        for facet, matched in passage["match"].items()
    ]
    for facet, label in reason["labels"].items():
        words = "; ".join(f"“{words}”" for words in label["words"][:3])
        lines.append(
            f"    {facet} = {', '.join(label['values'])} (from {label['from']}{': ' + words if words else ''})"
        )
    lines += [f"    {name}, only matched: {', '.join(values)}" for name, values in reason["kept"].items()]
    return lines + [f"    curator: {word}" for word in reason["curator"]]
