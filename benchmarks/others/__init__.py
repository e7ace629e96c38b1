"""Texts and gold by others: how their corpora are read, and how a graph is set beside them."""
