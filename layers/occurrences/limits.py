"""How large a file of records may be, so that a hostile one cannot fill the machine."""

from __future__ import annotations

MAXIMUM_FILE_BYTES = 16_000_000_000
"""Largest file that is read, packed or not."""

MAXIMUM_RECORDS = 50_000_000
"""Most records that are read from one file; ten million take about 1.5 GB."""

MAXIMUM_COLUMNS = 2_000
MAXIMUM_FIELD_CHARACTERS = 1_000_000
"""Longest field; a quote that is never closed runs into it."""

MAXIMUM_META_BYTES = 5_000_000
"""Largest meta.xml or datapackage.json."""

MAXIMUM_MEMBERS = 200_000
"""Most files in an archive; a camera-trap package may carry its pictures."""

MAXIMUM_UNPACKED_BYTES = 64_000_000_000
MAXIMUM_PACK_RATIO = 250.0
"""Most bytes one packed byte of an archive's member may become, above a few megabytes."""

FREE_UNPACKED_BYTES = 20_000_000
"""What a member may unpack to whatever its ratio."""

MAXIMUM_DEPLOYMENTS = 2_000_000
"""Most rows of a table that others are joined to."""

ROWS_WITHOUT_A_PLACE = 100_000
"""A table whose first rows, so many, hold no coordinates at all is read no further."""

CHUNK_ROWS = 10_000
"""Rows worked on between two reports of progress."""

CHUNK_FEATURES = 50_000
CHUNK_JSON_FEATURES = 1_000_000
"""Features read at a time; GeoJSON is parsed from its start each time, so in large pieces."""

SCANNED_BYTES = 300_000_000
"""How far a file of plain ASCII is searched for other letters, to tell its encoding."""
