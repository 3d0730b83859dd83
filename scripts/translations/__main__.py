"""Keep the words of the six languages.

Usage: python -m scripts.translations COMMAND

extract            collect the texts of the code into resources/translations/landbridge.pot
update             extract, then bring the catalogue of every language up to date
compile            write the .mo files and the list of stored texts that the window reads
status             tell how many texts are open, and what is wrong
todo LANG          print the open texts as JSON; --out FOLDER writes portions of --size
fill LANG FILE...  take answers in, after a check of values and forms; then compile
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from scripts.translations import catalogues, exchange
from scripts.translations.checks import catalogue_problems

_ROOT = Path(__file__).parents[2]


def _extract() -> int:
    template = catalogues.collect(_ROOT)
    catalogues.write(template, catalogues.template_path(_ROOT))
    print(f"{len(catalogues.entries(template))} texts are in the code.")
    return 0


def _update() -> int:
    _extract()
    template = catalogues.read(catalogues.template_path(_ROOT))
    for language in catalogues.TRANSLATED:
        catalogues.update(_ROOT, language, template)
    return _compile()


def _compile() -> int:
    catalogues.write_compiled(_ROOT)
    return _status(quiet=True)


def _status(*, quiet: bool = False) -> int:
    wrong = 0
    for language in catalogues.TRANSLATED:
        catalogue = catalogues.read(catalogues.po_path(_ROOT, language), language)
        still = sum(catalogues.is_open(message) for message in catalogues.entries(catalogue))
        faults = [
            text
            for text in catalogue_problems(catalogue)
            if not text.endswith("is not translated.")
        ]
        print(f"{language}: {len(catalogues.entries(catalogue)) - still} done, {still} open")
        for text in faults:
            print(f"  {text}")
        wrong += len(faults) + still
    return 0 if quiet else int(wrong > 0)


def _todo(language: str, size: int, out: Path | None) -> int:
    asked = exchange.open_texts(_ROOT, language)
    if out is None:
        print(json.dumps(asked, ensure_ascii=False, indent=1))
        return 0
    out.mkdir(parents=True, exist_ok=True)
    for number, portion in enumerate(exchange.chunks(asked, size), start=1):
        path = out / f"{language}-{number:02}.json"
        path.write_text(json.dumps(portion, ensure_ascii=False, indent=1), "utf-8")
        print(f"{path}: {len(portion)} texts")
    return 0


def _fill(language: str, files: list[Path]) -> int:
    all_refused: list[str] = []
    for file in files:
        taken, refused = exchange.take_in(_ROOT, language, file)
        print(f"{file}: {taken} taken in, {len(refused)} refused")
        all_refused += refused
    for text in all_refused:
        print(f"  {text}")
    _compile()
    return int(bool(all_refused))


def main() -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("extract", "update", "compile", "status"):
        commands.add_parser(name)
    todo = commands.add_parser("todo")
    todo.add_argument("language", choices=catalogues.TRANSLATED)
    todo.add_argument("--size", type=int, default=150)
    todo.add_argument("--out", type=Path)
    fill = commands.add_parser("fill")
    fill.add_argument("language", choices=catalogues.TRANSLATED)
    fill.add_argument("files", type=Path, nargs="+")
    asked = parser.parse_args()
    if asked.command == "todo":
        return _todo(asked.language, asked.size, asked.out)
    if asked.command == "fill":
        return _fill(asked.language, asked.files)
    return {"extract": _extract, "update": _update, "compile": _compile, "status": _status}[
        asked.command
    ]()


if __name__ == "__main__":
    sys.exit(main())
