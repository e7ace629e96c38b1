"""`python cli.py …` does in a checkout what `kg …` does when installed."""

from kg.cli import main

if __name__ == "__main__":
    main()
