"""A guard before the parser: a sentence starts only behind a mark that can end one.

Small parsers break long sentences at numbers and names; spaCy's parser keeps to the starts that are ruled out.
"""

from spacy.language import Language
from spacy.tokens import Doc

FINAL = {".", "!", "?", "…", ":", ";", "...", "?!", "!!", "—", "–", "-"}
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
    return doc
