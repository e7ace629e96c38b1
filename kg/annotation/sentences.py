"""A guard before the parser: a sentence starts only behind a mark that can end one.

Small parsers break long sentences at numbers and names; spaCy's parser keeps to the starts that are ruled out.
"""

from spacy.language import Language
from spacy.tokens import Doc

FINAL = {".", "!", "?", "…", ":", ";", "...", "?!", "!!", "—", "–", "-"}
STOPS = {".", "!", "?"}
MIN_WORDS = 4
CLOSING = {'"', "”", "’", "'", ")", "]", "»", "''"}


@Language.component("attest_sentence_guard")
def sentence_guard(doc: Doc) -> Doc:
    """Rule out sentence starts behind a word, save at a line break."""
    for token in doc[1:]:
        before = doc[token.i - 1]
        while before.text in CLOSING and before.i > 0:
            before = doc[before.i - 1]
        ended = before.text in FINAL or before.text.endswith((".", "!", "?")) or "\n\n" in doc[token.i - 1].whitespace_
        if not ended and not before.is_space:
            token.is_sent_start = False
        elif before.text == ";" and divides(doc, before.i):
            token.is_sent_start = True
    return doc


def divides(doc: Doc, semicolon: int) -> bool:
    """Whether a semicolon stands between two statements: no list, not in brackets, with enough words on both sides."""
    start = next((i + 1 for i in range(semicolon - 1, -1, -1) if doc[i].text in STOPS), 0)
    end = next((i for i in range(semicolon + 1, len(doc)) if doc[i].text in STOPS), len(doc))
    parts = " ".join(t.text for t in doc[start:end])
    listed = parts.count(";") > 1 or ":" in doc[start:semicolon].text
    open_bracket = sum({"(": 1, ")": -1}.get(t.text, 0) for t in doc[start:semicolon])
    return not listed and not open_bracket and semicolon - start >= MIN_WORDS and end - semicolon > MIN_WORDS


@Language.component("attest_tags")
def tags(doc: Doc) -> Doc:
    """Put tags right that a word's own form contradicts, before the lemmas that depend on them are looked up.

    A past participle with a passive auxiliary is a verb; a hyphened word of letters is no punctuation.
    """
    for token in doc:
        if token.pos_ == "ADJ" and token.tag_ == "VBN" and any(c.dep_ == "aux:pass" for c in token.children):
            token.pos_ = "VERB"
            token.set_morph("Tense=Past|VerbForm=Part|Voice=Pass")  # type: ignore[attr-defined]
        elif token.pos_ in {"PUNCT", "SYM"} and token.text[0].isalpha():
            token.pos_, token.tag_ = ("PROPN", "NNP") if token.text[0].isupper() else ("NOUN", "NN")
    return doc
