from __future__ import annotations

import time

import numpy as np
import pytest

from layers.occurrences import CheckRules, check_occurrences, read_occurrences

COUNT = 300_000


@pytest.mark.slow
def test_many_records_keep_their_order_and_numbers_in_little_memory(tmp_path, reference):
    rng = np.random.default_rng(5)
    lon = np.round(rng.uniform(95, 146, COUNT), 5)
    lat = np.round(rng.uniform(33, 58, COUNT), 5)
    path = tmp_path / "many.tsv"
    with path.open("w", encoding="utf-8") as stream:
        stream.write("species\tdecimalLongitude\tdecimalLatitude\teventDate\tcountryCode\n")
        stream.writelines(
            f"Panthera tigris\t{x}\t{y}\t2020-01-{n % 28 + 1:02d}T10:{n % 60:02d}:00\tRU\n"
            for n, (x, y) in enumerate(zip(lon, lat, strict=True))
        )
    found = read_occurrences(path)
    np.testing.assert_array_equal(found.table["lon"], lon)
    np.testing.assert_array_equal(found.table["line"], np.arange(2, COUNT + 2))
    assert found.table.memory_usage(deep=True).sum() < 100 * COUNT

    class Clock:
        last = time.process_time()
        longest = 0.0

        def report(self, fraction: float) -> None:
            now = time.process_time()
            self.longest, self.last = max(self.longest, now - self.last), now

    clock = Clock()
    checked = check_occurrences(found, CheckRules(), reference, clock)
    assert len(checked.kept) + len(checked.rejected) == COUNT
    assert clock.longest < 1.0
