from __future__ import annotations

import shutil

from resources import translation
from resources.paths import resource_path


def test_other_words_in_any_language_change_the_hash(monkeypatch, tmp_path):
    shutil.copytree(resource_path("translations"), tmp_path / "translations")
    before = translation.hash_of_catalogues()
    monkeypatch.setattr(translation, "resource_path", lambda name: tmp_path / name)
    assert translation.hash_of_catalogues() == before
    found = {before}
    for code in ("zh", "mn"):
        words = tmp_path / "translations" / code / "LC_MESSAGES" / "landbridge.mo"
        with words.open("ab") as file:
            file.write(b"\0")
        found.add(translation.hash_of_catalogues())
    assert len(found) == 3
