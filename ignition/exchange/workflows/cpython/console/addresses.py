"""Names in the addresses of pages, whatever characters they have."""

from urllib.parse import quote, unquote


def address(*parts: str) -> str:
    """Like /recipes/brew/Rye%201. A percent sign or a slash in a name is encoded twice, because a
    server decodes a path before it looks for the page; a name of dots alone would lead elsewhere.
    """
    return "".join(f"/{quote(_kept(part), safe='')}" for part in parts)


def name_in(word: str) -> str:
    """The name that a part of an address stands for."""
    return unquote(word)


def _kept(name: str) -> str:
    name = name.replace("%", "%25").replace("/", "%2F")
    return name.replace(".", "%2E") if set(name) == {"."} else name
