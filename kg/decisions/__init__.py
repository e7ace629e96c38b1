"""A person's decisions about claims and entities: as values, as a Turtle file, and as they are replayed over what was read."""

from kg.decisions.file import DECISIONS, kept_decisions, read_decisions, write_decisions
from kg.decisions.replay import Replayed, as_read, replay
from kg.decisions.values import ClaimDecision, ClaimRef, Decision, Merge, Remark, Rename, Split, ThingRef, WordsRef

__all__ = [
    "DECISIONS",
    "ClaimDecision",
    "ClaimRef",
    "Decision",
    "Merge",
    "Remark",
    "Rename",
    "Replayed",
    "Split",
    "ThingRef",
    "WordsRef",
    "as_read",
    "kept_decisions",
    "read_decisions",
    "replay",
    "write_decisions",
]
