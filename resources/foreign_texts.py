"""What the libraries and the system say most often, so that it can be told in other languages.

Such a text comes as the reason within an error of Landbridge, as "No space left on device" in
"could not be written: …". It is looked up by `resources.translation.tr_filled` like any text
that is kept in English; what is not listed here stays as the library says it.
"""

from __future__ import annotations

from typing import Final

from resources.translation import mark

FOREIGN_TEXTS: Final = (
    # The operating system, alone and as Python writes it with the file.
    mark("No such file or directory"),
    mark("Permission denied"),
    mark("Operation not permitted"),
    mark("No space left on device"),
    mark("Disk quota exceeded"),
    mark("Read-only file system"),
    mark("Is a directory"),
    mark("Not a directory"),
    mark("File exists"),
    mark("File name too long"),
    mark("File too large"),
    mark("Input/output error"),
    mark("Directory not empty"),
    mark("Too many open files"),
    mark("Broken pipe"),
    mark("Connection refused"),
    mark("Connection reset by peer"),
    mark("Network is unreachable"),
    mark("Name or service not known"),
    mark("Temporary failure in name resolution"),
    mark("timed out"),
    mark("[Errno {number}] {reason}: {path}"),
    # TOML, JSON and the encodings of texts.
    mark("{what} (at line {line}, column {column})"),
    mark("{what} (at end of document)"),
    mark("Expecting value: line {line} column {column} (char {at})"),
    mark("'{encoding}' codec can't decode byte {byte} in position {at}: {reason}"),
    # Fields of profiles and requests, as pydantic tells them.
    mark("Field required"),
    mark("Extra inputs are not permitted"),
    mark("Input should be a valid number"),
    mark("Input should be a valid number, unable to parse string as a number"),
    mark("Input should be a valid integer"),
    mark("Input should be a valid string"),
    mark("Input should be a valid list"),
    mark("Input should be a finite number"),
    mark("Input should be greater than {limit}"),
    mark("Input should be greater than or equal to {limit}"),
    mark("Input should be less than {limit}"),
    mark("Input should be less than or equal to {limit}"),
    mark("Input should be {choices}"),
    # Files of layers and coordinate systems.
    mark("'{path}' not recognized as being in a supported file format."),
    mark(
        "It might help to specify the correct driver explicitly by prefixing the file path "
        "with {drivers}"
    ),
    mark("Invalid projection: {crs}"),
    # Databases.
    mark("database is locked"),
    mark("database disk image is malformed"),
    mark("database or disk is full"),
    mark("disk I/O error"),
    mark("file is not a database"),
    mark("attempt to write a readonly database"),
)
"""Each as it is said; ``{name}`` stands for a value."""
