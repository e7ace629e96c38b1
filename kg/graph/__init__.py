"""The graph: claims and entities as RDF, stored, queried, checked and exported."""
