"""Compares the published Python package with ours, name by name: run by the published one's interpreter.

`python_surface.py PYTHON` asks the other interpreter, which has ours, what its surface is, and prints each difference
that would break a program.
"""

from __future__ import annotations

import dataclasses
import inspect
import json
import subprocess
import sys
import types
import typing
from typing import Any

import hookbridge
import hookbridge.client
import hookbridge.errors
import hookbridge.types

#: Parts of the hosted service that an outbox does not have.
HOSTED = ("inbound", "pull", "subscription", "usage", "invoice", "stripe", "listen", "update", "event")
#: Types that belong to them, or that none of the methods of an outbox needs.
HOSTED_TYPES = {"UpdateResult", "DeleteResult"}


def is_hosted(name: str) -> bool:
    return name in HOSTED_TYPES or any(part in name.lower() for part in HOSTED if part != "update")


def arguments(function: Any) -> list[list[Any]]:
    """Name, kind, and whether it may be left out, of each."""
    return [
        [name, parameter.kind.name, parameter.default is not parameter.empty]
        for name, parameter in inspect.signature(function).parameters.items()
        if name != "self"
    ]


def of_class(kind: type) -> dict[str, Any]:
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        return {
            "fields": [
                [field.name, repr(hints[field.name]), field.default is not dataclasses.MISSING]
                for field in dataclasses.fields(kind)
            ]
        }
    methods = {
        name: arguments(function)
        for name, function in inspect.getmembers(kind, inspect.isfunction)
        if not name.startswith("_") or name in ("__init__", "__enter__", "__exit__", "__aenter__", "__aexit__")
    }
    return {"bases": [base.__name__ for base in kind.__mro__[1:-1]], "methods": methods}


def of_module(module: types.ModuleType) -> dict[str, Any]:
    surface: dict[str, Any] = {}
    for name in sorted(getattr(module, "__all__", None) or dir(module)):
        value = getattr(module, name)
        if name.startswith("_") or isinstance(value, types.ModuleType) or is_hosted(name):
            continue
        # What a module only imports is not its own; the package itself says what it has.
        is_imported = inspect.isclass(value) and value.__module__ != module.__name__
        if is_imported and module is not hookbridge:
            continue
        if inspect.isclass(value) and value.__module__.startswith("hookbridge"):
            surface[name] = of_class(value)
        elif typing.get_origin(value) is typing.Literal:
            surface[name] = {"words": sorted(typing.get_args(value))}
        elif name.isupper():
            surface[name] = {"constant": True}
    return surface


def surface() -> dict[str, Any]:
    modules = {
        "hookbridge": hookbridge,
        "client": hookbridge.client,
        "errors": hookbridge.errors,
        "types": hookbridge.types,
    }
    return {name: of_module(module) for name, module in modules.items()}


def plain(kind: str) -> str:
    """A type by its last name, so that the module that it is in does not count."""
    for module in ("hookbridge.types.", "typing.", "datetime."):
        kind = kind.replace(module, "")
    return kind


def differences(public: dict[str, Any], ours: dict[str, Any]) -> list[str]:
    found: list[str] = []
    for module, names in public.items():
        for name, theirs in names.items():
            own = ours[module].get(name)
            if own is None:
                found.append(f"{module}.{name} is missing")
                continue
            where = f"{module}.{name}"
            if "fields" in theirs:
                found += of_fields(where, theirs["fields"], own.get("fields", []))
            if "words" in theirs and theirs["words"] != own.get("words"):
                found.append(f"{where} is {own.get('words')} and not {theirs['words']}")
            for method, expected in theirs.get("methods", {}).items():
                if not is_hosted(method):
                    found += of_arguments(f"{where}.{method}", expected, own.get("methods", {}).get(method))
            missing = [base for base in theirs.get("bases", []) if base not in own.get("bases", [])]
            found += [f"{where} is no {base}" for base in missing]
    return found


def of_fields(where: str, theirs: list[list[Any]], ours: list[list[Any]]) -> list[str]:
    """Theirs come first, in their order; what is beyond has a default."""
    found = []
    required = [field for field in theirs if not field[2]]
    if [field[0] for field in ours if not field[2]] != [field[0] for field in required]:
        found.append(f"{where} needs {[f[0] for f in ours if not f[2]]} and not {[f[0] for f in required]}")
    order = [field[0] for field in ours][: len(theirs)]
    if order != [field[0] for field in theirs]:
        found.append(f"{where} begins with {order} and not with {[field[0] for field in theirs]}")
    kinds = {field[0]: plain(field[1]) for field in ours}
    for name, kind, _ in theirs:
        if kinds.get(name) not in (plain(kind), None) and not is_narrower(kinds[name], plain(kind)):
            found.append(f"{where}.{name} is {kinds[name]} and not {plain(kind)}")
    return found


def is_narrower(ours: str, theirs: str) -> bool:
    """One of some words is a text, also where the other package says only that it is a text."""
    return "Literal[" in ours and "str" in theirs


def of_arguments(where: str, theirs: list[list[Any]], ours: Any) -> list[str]:
    if ours is None:
        return [f"{where} is missing"]
    found = []
    named = {name: (kind, optional) for name, kind, optional in ours}
    positional = [name for name, kind, _ in ours if kind == "POSITIONAL_OR_KEYWORD"]
    expected = [name for name, kind, _ in theirs if kind == "POSITIONAL_OR_KEYWORD"]
    if positional[: len(expected)] != expected:
        found.append(f"{where} takes {positional} by position and not {expected}")
    for name, kind, optional in theirs:
        if kind in ("VAR_POSITIONAL", "VAR_KEYWORD"):
            continue
        if name not in named:
            found.append(f"{where} has no `{name}`")
        elif optional and not named[name][1]:
            found.append(f"{where} needs `{name}`")
    if where.split(".")[-1] in ("__exit__", "__aexit__"):
        return found
    beyond = [name for name, _, optional in ours if name not in [one[0] for one in theirs] and not optional]
    return found + [f"{where} needs `{name}`, which the published package does not have" for name in beyond]


def main() -> int:
    if sys.argv[1:] == ["--print"]:
        print(json.dumps(surface()))
        return 0
    asked = subprocess.run([sys.argv[1], __file__, "--print"], capture_output=True, text=True, timeout=60)
    if asked.returncode != 0:
        print(asked.stderr)
        return 1
    public = surface()
    assert len(public["types"]) > 30 and len(public["errors"]) == 9, "the published package was not read"
    found = differences(public, json.loads(asked.stdout))
    for difference in found:
        print(f"FAILED surface: {difference}")
    print(f"surface: {sum(len(names) for names in public.values())} names compared, {len(found)} differences")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
