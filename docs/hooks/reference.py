"""Pages that follow from the code: command line, project file, materials, processes, methods, Python API.

mkdocs calls `on_config` and `on_files`; `tests/test_docs.py` calls `pages`.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import click
from fabdesign_cli.catalogue import COMMANDS, load_command
from fabdesign_cli.main import cli

import fabdesign
from fabdesign.check import finding_titles, rules
from fabdesign.check.tolerance import perturbations
from fabdesign.chip.learners import learner_class, learner_names
from fabdesign.config import builtin_text, json_schema
from fabdesign.materials import FORMULAS, list_materials
from fabdesign.process import Marked, list_profiles
from fabdesign.quantise import quantiser_class, quantiser_names
from fabdesign.units import format_length

ROOMS = {
    "config": "Project files as frozen models.",
    "materials": "Refractive indices with range, state and source.",
    "process": "Process profiles and level tables.",
    "design": "The design and its file.",
    "copies": "Copies of a device with the errors of its process.",
    "optics": "Scalar wave optics on tensors.",
    "quantise": "Quantisation methods.",
    "network": "The trainable network and the frozen one.",
    "tasks": "What a device should do, and the data for it.",
    "training": "The loop, run folders and scores.",
    "chip": "Interferometer meshes, and learning on the device.",
    "relief": "Heights, bases and meshes.",
    "export": "Writing file formats.",
    "check": "Reading files back.",
    "report": "One page on what will be printed.",
    "formats": "Bytes: containers, STL, atomic writing.",
    "plot": "Figures.",
    "units": "Lengths and angles.",
    "errors": "Errors and exit codes.",
}


def on_config(config: Any) -> Any:
    """List the benchmark pages, which the benchmarks write, in the order of their names."""
    folder = Path(config["docs_dir"]) / "benchmarks"
    found = sorted(path.relative_to(folder.parent).as_posix() for path in folder.glob("*.md"))
    for entry in config["nav"]:
        if "Benchmarks" in entry:
            entry["Benchmarks"] = sorted(found, key=lambda name: (not name.endswith("index.md"), name))
    return config


def on_files(files: Any, config: Any) -> Any:
    """Add the generated pages."""
    from mkdocs.structure.files import File

    for name, text in pages().items():
        files.append(File.generated(config, name, content=text))
    return files


def pages() -> dict[str, str]:
    """Every generated page by its path below docs/."""
    return {
        "reference/cli.md": cli_page(),
        "reference/config.md": config_page(),
        "reference/materials.md": materials_page(),
        "reference/processes.md": processes_page(),
        "reference/rules.md": rules_page(),
        "reference/perturbations.md": perturbations_page(),
        "reference/quantisers.md": quantisers_page(),
        "reference/learners.md": learners_page(),
        "reference/api.md": api_page(),
    }


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines) + "\n"


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ").strip()


def cli_page() -> str:
    """Every command with its arguments and options, as `--help` has them."""
    overview = [(f"[`{name}`](#fabdesign-{name})", line) for name, (_, line) in COMMANDS.items()]
    parts = [
        "# Command line\n",
        "Results go to stdout, progress and messages to stderr; `--json` prints one JSON object. "
        "[Exit codes](exit-codes.md) say what happened.\n",
        "## fabdesign\n",
        _command_text(cli, "fabdesign"),
        table(("command", "what it does"), overview),
    ]
    for name in COMMANDS:
        parts += [f"## fabdesign {name}\n", _command_text(load_command(name), f"fabdesign {name}")]
    return "\n".join(parts)


def _command_text(command: click.Command, name: str) -> str:
    context = click.Context(command, info_name=name)
    usage = " ".join([name, *command.collect_usage_pieces(context)])
    rows = [
        (f"`{_signature(parameter, context)}`", _help(parameter))
        for parameter in command.get_params(context)
        if isinstance(parameter, click.Option) and not parameter.hidden
    ]
    text = f"    {usage}\n\n{_paragraphs(command.help or '')}\n"
    return text + "\n" + table(("option", "meaning"), rows)


def _signature(option: click.Option, context: click.Context) -> str:
    names = ", ".join([*option.opts, *option.secondary_opts])
    return names if option.is_flag or option.count else f"{names} {option.make_metavar(context)}"


def _help(option: click.Option) -> str:
    text = option.help or ""
    show = option.show_default and option.default is not None and not option.is_flag
    return f"{text}  Default: `{option.default}`." if show else text


def _paragraphs(text: str) -> str:
    return inspect.cleandoc(text).replace("\b\n", "")


def config_page() -> str:
    """Every key of fabdesign.toml from the JSON Schema, and the starter."""
    schema = json_schema()
    parts = [
        "# Project file\n",
        "`fabdesign.toml`, or any TOML file named on the command line. Lengths, angles and durations carry "
        'their unit: `"785 nm"`, `"1.5 um"`, `"1 pi"`, `"90 deg"`, `"30 s"`. Unknown keys are refused. '
        "`-o optics.layers=5` replaces one value; `fabdesign schema` prints the JSON Schema.\n",
        "## Top level\n",
        _schema_table(schema, schema),
    ]
    tables = dict(_tables(schema, schema))
    for name in sorted(tables, key=lambda name: name.count(".")):
        node = tables[name]
        parts += [f"## {name}\n", node.get("description", "") + "\n", _schema_table(node, schema)]
    parts += ["## The built-in project\n", f"```toml\n{builtin_text('digits').rstrip()}\n```\n"]
    return "\n".join(parts)


def _tables(
    node: dict[str, Any], schema: dict[str, Any], prefix: str = ""
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every table below a node by its dotted name."""
    for key, value in node["properties"].items():
        resolved = _resolve(value, schema)
        if "properties" in resolved:
            yield f"{prefix}{key}", resolved
            yield from _tables(resolved, schema, f"{prefix}{key}.")


def _schema_table(node: dict[str, Any], schema: dict[str, Any]) -> str:
    required = node.get("required", [])
    rows = []
    for key, value in node["properties"].items():
        resolved = _resolve(value, schema)
        default = "required" if key in required else _default(value)
        meaning = value.get("description") or resolved.get("description", "")
        rows.append((f"`{key}`", _type_of(value, schema), default, meaning))
    return table(("key", "value", "default", "meaning"), rows)


def _default(node: dict[str, Any]) -> str:
    return "" if node.get("default") is None else f"`{node['default']}`"


def _resolve(node: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    for branch in [node, *node.get("anyOf", []), *node.get("allOf", [])]:
        if "$ref" in branch:
            resolved: dict[str, Any] = schema["$defs"][branch["$ref"].rsplit("/", 1)[-1]]
            return resolved
    return node


def _type_of(node: dict[str, Any], schema: dict[str, Any]) -> str:
    if "enum" in node:
        return ", ".join(f"`{value}`" for value in node["enum"])
    if "const" in node:
        return f"`{node['const']}`"
    if "$ref" in node:
        return "table"
    if "anyOf" in node:
        kinds = dict.fromkeys(_type_of(branch, schema) for branch in node["anyOf"])
        return " or ".join(kind for kind in kinds if kind != "null")
    limits = [
        f"{sign} {node[key]:g}"
        for key, sign in (
            ("minimum", "≥"),
            ("exclusiveMinimum", ">"),
            ("maximum", "≤"),
            ("exclusiveMaximum", "<"),
        )
        if key in node
    ]
    kind = {"object": "table", "number": "number", "integer": "whole number", "string": "text"}.get(
        node.get("type", ""), node.get("type", "any")
    )
    example = node.get("examples", [None])[0]
    shown = f' such as `"{example}"`' if isinstance(example, str) else ""
    return kind + shown + (f" {', '.join(limits)}" if limits else "")


def materials_page() -> str:
    """The built-in materials with formula, range, mark and source."""
    materials = list_materials()
    rows = [
        (
            f"`{m.name}`",
            m.title,
            m.dispersion.formula,
            f"{format_length(m.range_um[0])} to {format_length(m.range_um[1])}",
            m.mark,
        )
        for m in materials
    ]
    parts = [
        "# Materials\n",
        "An index is never extrapolated: a wavelength outside the range is refused. "
        "`fabdesign materials NAME --wavelength LENGTH` prints one with its coefficients. "
        "[Add your own](../how-to/add-a-material.md).\n",
        table(("name", "what it is", "formula", "range", "mark"), rows),
        "## State and source\n",
        table(("name", "state", "source"), ((f"`{m.name}`", m.state, m.source) for m in materials)),
        "## Formulas\n",
        table(("formula", "n(λ), λ in µm"), ((f"`{name}`", f.expression) for name, f in FORMULAS.items())),
    ]
    return "\n".join(parts)


def processes_page() -> str:
    """The built-in profiles with every number, its mark and its note."""
    parts = [
        "# Process profiles\n",
        "Every number is marked `measured`, `vendor`, `literature` or `assumed`. Confirm the assumed ones "
        "with your facility before you print. `fabdesign processes NAME --wavelength LENGTH` prints the "
        "level table. [Write your own](../how-to/add-a-process.md).\n",
        "`fabdesign check` holds a design against [rules](rules.md) with these numbers as limits.\n",
    ]
    for profile in list_profiles():
        accepts = ", ".join(profile.machine.accepts)
        parts += [
            f"## {profile.name}\n",
            f"{profile.header.summary} Kind `{profile.kind}`"
            + (f"; takes {accepts}" if accepts else "")
            + (f"; prints {profile.material.resin}" if profile.material.resin else "")
            + ".\n",
        ]
        rows = [
            (
                f"`{key}`",
                f"{number.value:g}",
                number.mark,
                "; ".join(filter(None, [number.citation, number.note])),
            )
            for key, number in profile.marked_numbers()
        ]
        parts.append(table(("number", "value", "mark", "source and note"), rows) if rows else "No numbers.\n")
    return "\n".join(parts)


def rules_page() -> str:
    """Every rule of a process with its limits in the built-in profiles, and every other finding."""
    profiles = list_profiles()
    parts = [
        "# Rules and findings\n",
        "`fabdesign check` holds a design against each rule for which the process profile has the number. A "
        "finding names the rule, the place, the value, the limit and where the limit comes from. An error "
        "makes the answer of `check` 1.\n",
        "## Rules of a process\n",
    ]
    for rule in rules().values():
        keys = [key.strip() for key in rule.limit.split(",")]
        rows = [
            (f"`{key}`", f"`{profile.name}`", f"{number.value:g}", number.mark, _origin(number))
            for key in keys
            for profile in profiles
            for name, number in profile.numbers().items()
            if name == key or name.startswith((f"{key}.", f"{key}["))
        ]
        where = ", ".join(f"`{key}`" if "." in key else key for key in keys)
        parts += [f"### {rule.id}\n", f"{rule.title[0].upper()}{rule.title[1:]}. {_meaning(rule.check)}\n"]
        parts += [f"Limit from: {where}.\n"]
        head = ("number", "profile", "value", "mark", "source and note")
        parts.append(table(head, rows) if rows else "No built-in profile has a number for it.\n")
    others = {name: title for name, title in finding_titles().items() if name not in rules()}
    parts += [
        "## Other findings\n",
        "What reading files back can find, whatever the process.\n",
        table(("finding", "what it says"), ((f"`{name}`", title) for name, title in others.items())),
    ]
    return "\n".join(parts)


def _meaning(check: Any) -> str:
    return " ".join(inspect.cleandoc(check.__doc__ or "").split())


def _origin(number: Marked) -> str:
    return "; ".join(filter(None, [number.citation, number.note]))


def quantisers_page() -> str:
    """The quantisation methods with their options."""
    parts = [
        "# Quantisation methods\n",
        "`quantise.method` names one, `[quantise.options]` sets its options. "
        "[How they work](../explanation/quantisation.md).\n",
    ]
    for name in quantiser_names():
        kind = quantiser_class(name)
        levels = "of the process" if kind.uses_table == "process" else "on the paper's range"
        parts += [f"## {name}\n", f"{_paragraphs(kind.__doc__ or '')}\n\nLevels {levels}.\n"]
        rows = [(f"`{f.name}`", f"`{f.default}`", f.metadata["help"]) for f in fields(kind.Options)]
        parts.append(table(("option", "default", "meaning"), rows) if rows else "No options.\n")
    return "\n".join(parts)


def learners_page() -> str:
    """The learners of `calibrate` with their options."""
    parts = [
        "# Learners\n",
        "`fabdesign calibrate --learner NAME` chooses one, `-o KEY=VALUE` sets its options. "
        "[How they work](../explanation/on-chip.md).\n",
    ]
    for name in learner_names():
        kind = learner_class(name)
        needs = "Needs the design." if kind.needs != "nothing" else "Needs measurements only."
        parts += [f"## {name}\n", f"{_paragraphs(kind.__doc__ or '')}\n\n{needs}\n"]
        rows = [(f"`{f.name}`", f"`{f.default}`", f.metadata["help"]) for f in fields(kind.Options)]
        parts.append(table(("option", "default", "meaning"), rows))
    return "\n".join(parts)


def perturbations_page() -> str:
    """What `fabdesign tolerance` lets go wrong, and how large the built-in processes say that it is."""
    parts = [
        "# Errors of a device\n",
        "What `fabdesign tolerance` lets go wrong. [How they are simulated](../explanation/tolerance.md). "
        "*Trial* is the step for the sensitivity where a process states no number; it is no claim and does "
        "not enter a yield.\n",
    ]
    head = ("name", "what errs", "unit", "distribution", "trial", "keys of the profile", "how it acts")
    rows = [
        (
            f"`{item.name}`",
            item.title,
            item.unit,
            item.distribution,
            f"{item.trial:g}",
            ", ".join(f"`{key}`" for key in item.keys) or "none",
            item.formula,
        )
        for item in perturbations().values()
    ]
    parts.append(table(head, rows))
    parts += [
        "## What the built-in processes state\n",
        table(("process", "key", "value", "source"), _sigmas()),
    ]
    return "\n".join(parts)


def _sigmas() -> list[tuple[str, str, str, str]]:
    keys = {
        key.format(built=built)
        for item in perturbations().values()
        for key in item.keys
        for built in ("stack", "plates")
    }
    return [
        (profile.name, f"`{key}`", f"{number.value:g}", f"{number.source}; {number.note}".removesuffix("; "))
        for profile in list_profiles()
        for key, number in profile.marked_numbers()
        if key in keys
    ]


def api_page() -> str:
    """The public names, then each room's."""
    names = [name for name in fabdesign.__all__ if name != "__version__"]
    rows = [(f"`fabdesign.{name}`", _first_line(getattr(fabdesign, name))) for name in names]
    parts = [
        "# Python API\n",
        "`import fabdesign` loads nothing heavy; each name is imported when it is first used. Arrays are "
        "`[layer, y, x]`, lengths float64 micrometres in names ending in `_um`, angles radians in `_rad`.\n",
        table(("name", "what it is"), rows),
    ]
    for room, line in ROOMS.items():
        module = importlib.import_module(f"fabdesign.{room}")
        members = list(getattr(module, "__all__", [])) or None
        parts += [f"## fabdesign.{room}\n", line + "\n", f"::: fabdesign.{room}"]
        parts.append("    options:\n      members: " + (str(members) if members else "null") + "\n")
    return "\n".join(parts)


def _first_line(value: Any) -> str:
    return (value.__doc__ or "").strip().splitlines()[0]
