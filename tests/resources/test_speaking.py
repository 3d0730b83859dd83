from __future__ import annotations

import threading

import pytest

from resources.errors import UsageError
from resources.translation import language, speaking


def test_another_language_is_spoken_for_a_while_and_by_nobody_else():
    heard = []
    with speaking("ru"):
        assert language() == "ru"
        other = threading.Thread(target=lambda: heard.append(language()))
        other.start()
        other.join()
        with speaking("zh"):
            assert language() == "zh"
        assert language() == "ru"
    assert language() == "en"
    assert heard == ["en"]


def test_after_an_error_the_language_is_that_of_before():
    with pytest.raises(RuntimeError), speaking("ko"):
        raise RuntimeError
    assert language() == "en"


def test_a_language_that_is_not_known_is_refused():
    with pytest.raises(UsageError, match="'fr' is none of"), speaking("fr"):
        pass
