"""What other projects' names lead to, without the network: the few that our types name.

`docs/inventories/NAME.txt` has the address of the project's documents, and a line for each name:
what it is called, what it is, and where it stands. A build makes of it the compressed file that
intersphinx reads, so a name that is misspelt or new is a warning, and so an error.
"""

from __future__ import annotations

import zlib

from docs.building import BUILT, DOCS

HEAD = (
    "# Sphinx inventory version 2\n# Project: {}\n# Version: \n# The rest is compressed by zlib.\n"
)


def inventory(project: str, text: str) -> tuple[str, bytes]:
    """The address of a project, and its inventory as intersphinx reads it.

    Raises:
        ValueError: a line is no address and no name.
    """
    address, *lines = text.splitlines()
    entries = []
    for line in lines:
        name, role, place = line.split(" ")
        entries.append(f"{name} py:{role} 1 {place} -\n")
    body = zlib.compress("".join(entries).encode())
    return address, HEAD.format(project).encode() + body


def mapping() -> dict[str, tuple[str, str]]:
    """What intersphinx is told: of every project, its address and the file that was made."""
    made = BUILT / "inventories"
    made.mkdir(parents=True, exist_ok=True)
    found = {}
    for source in sorted((DOCS / "inventories").glob("*.txt")):
        address, data = inventory(source.stem, source.read_text(encoding="utf-8"))
        file = made / f"{source.stem}.inv"
        file.write_bytes(data)
        found[source.stem] = (address, str(file))
    return found
