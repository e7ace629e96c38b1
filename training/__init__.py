"""Training of the embedded English pipeline (`make model`); not part of the installed package."""
