"""Prints the functions that run with the owner's rights, for pgspot.

The others run with the rights and the search_path of whoever calls them. Nobody but the owner may
call them, so they always run inside one of these.
"""

import re

from exchange.workflows.cpython import installer

_FUNCTION = re.compile(r"^create or replace function .*?\bas\s+('|\$\w*\$).*?\1;$", re.M | re.S)

for source in installer.read_sources():
    for function in _FUNCTION.finditer(source.text):
        if "security definer" in function[0].partition(" as ")[0]:
            print(function[0])
