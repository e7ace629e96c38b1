"""The quote gate: every quotation and mention is the text at its offsets, whichever back end found it."""

from __future__ import annotations

from collections.abc import Iterator

from kg.model import Evidence, Extraction, Mention


def misquotes(extraction: Extraction, document: str | None = None) -> Iterator[str]:
    """Yield a sentence for each quotation or mention, of one document or all, that is not the text at its offsets."""
    texts = {document.id: document.text for document in extraction.documents}
    for owner, part in quotations(extraction):
        if document not in (None, part.document):
            continue
        words = part.quote if isinstance(part, Evidence) else part.text
        found = texts.get(part.document)
        if found is None:
            yield f"{owner}: quotes {part.document}, which is no document of this graph"
        elif not 0 <= part.start < part.end <= len(found) or found[part.start : part.end] != words:
            shown = found[max(part.start, 0) : max(part.end, 0)]
            yield f"{owner}: {part.document}:{part.start}:{part.end} reads {shown[:80]!r}, not {words[:80]!r}"


def quotations(extraction: Extraction) -> Iterator[tuple[str, Evidence | Mention]]:
    """Yield all that points into a text, with what it belongs to."""
    for claim in extraction.claims:
        yield from ((f"claim {claim.id}", part) for part in claim.evidence)
        if claim.cue:
            yield f"cue of claim {claim.id}", claim.cue
    for observation in extraction.observations:
        yield from ((f"observation {observation.id}", part) for part in observation.evidence)
    for entity in extraction.entities:
        yield from ((f"mention of {entity.label}", part) for part in entity.mentions)
    for judgement in extraction.judgements:
        yield from ((f"judgement on {judgement.entity}", part) for part in (judgement.mention, judgement.antecedent))
