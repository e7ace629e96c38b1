"""Where the bundled files are: beside the package in a checkout, inside it when installed from a wheel."""

from pathlib import Path

from kg.errors import KgError

PACKAGE = Path(__file__).resolve().parent


def resource(*parts: str) -> Path:
    """Return the path of a bundled file or folder, such as `resource("ontology", "core.ttl")`.

    Raises KgError where the installation lacks it.
    """
    for root in (PACKAGE / "_resources", PACKAGE.parent):
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise KgError(f"{'/'.join(parts)}: not in this installation of attest-kg; install it again")
