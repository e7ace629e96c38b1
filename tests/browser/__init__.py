"""Tests of the page in a real browser, and what they share."""
