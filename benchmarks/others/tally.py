"""Precision and recall from counts that can be added over documents."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tally:
    """How much of what was found is right, and how much of what is wanted was found."""

    right: float = 0.0
    found: float = 0.0
    got: float = 0.0
    wanted: float = 0.0

    def __add__(self, other: Tally) -> Tally:
        """Count two texts, or two properties, as one."""
        return Tally(self.right + other.right, self.found + other.found, self.got + other.got, self.wanted + other.wanted)

    @property
    def precision(self) -> float:
        """The right share of what was found; 0 of nothing."""
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """The found share of what is wanted; 0 of nothing."""
        return self.got / self.wanted if self.wanted else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0

    def cells(self) -> str:
        """Return precision, recall and F1 as cells of a table, rounded down so that none is flattered."""
        return " | ".join(f"{int(1000 * value + 1e-9) / 1000:.3f}" for value in (self.precision, self.recall, self.f1))
