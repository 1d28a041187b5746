"""``gansurrogate list``: what there is to train on, to train with, to export to, and to draw from."""

from importlib.util import find_spec
from typing import Any

from gansurrogate import places
from gansurrogate.cli.console import Json, print_json, print_table
from gansurrogate.places.entry import Entry
from gansurrogate.plain import printable
from gansurrogate.plugins import exporter_names, installed
from gansurrogate.signals import SignalGenerator
from gansurrogate.train.recipes import known_recipes


def list_(json: Json = False) -> None:
    """List signal generators, recipes, exporters, and the surrogates that a name leads to."""
    generators = [_describe(generator) for _, generator in sorted(installed().signal_generators.items())]
    result: dict[str, Any] = {"signal_generators": generators, "recipes": _recipes(), "exporters": exporter_names()}
    result["surrogates"] = [_surrogate(entry) for entry in places.known()]
    if json:
        print_json(result)
        return
    columns = ("name", "shape", "unit", "conditions", "cost of one")
    rows = [(g["name"], g["shape"], g["unit"] or "-", ", ".join(g["conditions"]) or "-", g["cost"]) for g in generators]
    print_table("signal generators", columns, rows)
    print_table("recipes", ("name", "for"), [(r["name"], r["description"]) for r in result["recipes"]])
    print_table("exporters", ("name",), [(name,) for name in result["exporters"]])
    shown = [
        (s["name"], s["version"], "-" if s["bytes"] is None else f"{s['bytes'] / 1e6:.2f} MB", s["error"] or s["file"])
        for s in result["surrogates"]
    ]
    if shown:
        print_table("surrogates", ("name", "version", "size", "where"), shown)


def _describe(generator: SignalGenerator) -> dict[str, Any]:
    spec, cost = generator.spec, generator.cost
    return {
        "name": generator.name,
        "shape": list(spec.shape),
        "unit": spec.unit,
        "conditions": [condition.describe() for condition in spec.conditions],
        "cost": f"{cost.usd:.2f} USD, {cost.seconds:g} s" if cost else "-",
    }


def _surrogate(entry: Entry) -> dict[str, Any]:
    size = None if entry.error else entry.path.stat().st_size
    said = {"name": entry.name, "version": entry.version, "place": entry.place, "error": entry.error}
    shown = {key: printable(text) for key, text in said.items()}
    return {**shown, "bytes": size, "file": str(entry.path), "source": printable(entry.source), "sha256": entry.sha256}


def _recipes() -> list[dict[str, str]]:
    if find_spec("torch") is None:  # a machine that only samples
        return []
    return [{"name": recipe.name, "description": recipe.description} for recipe in known_recipes().values()]
