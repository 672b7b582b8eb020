"""The reference pages of the documentation, made from the code.

`python -m ui.cli.reference` writes docs/reference/commands.md and python.md, and the list of files
in docs/explanation/architecture.md.
"""

import ast
import inspect
from pathlib import Path
from typing import Any

import typer

import quoth
from ui.cli.command import app

_ROOT = Path(__file__).parent.parent.parent
_DOCS = _ROOT / "docs" / "reference"
_ARCHITECTURE = _ROOT / "docs" / "explanation" / "architecture.md"
_PACKAGES = ("index", "qa", "eval", "ui", "quoth")
_KINDS = {int: "INTEGER", float: "NUMBER", str: "TEXT", type(None): "NUMBER"}
_MADE = "Made from the code by `python -m ui.cli.reference`; change it there."


def commands() -> str:
    """The page of commands: each with what it does, its arguments and its options."""
    lines = ["# Commands", _MADE, ""]
    group = typer.main.get_command(app)
    lines += list(_command_lines(group, "quoth"))
    return "\n".join(lines).rstrip() + "\n"


def _command_lines(command: Any, name: str) -> list[str]:  # noqa: ANN401 -- typer has its own click
    if hasattr(command, "commands"):
        inner = [(f"{name} {key}", one) for key, one in command.commands.items()]
        return [line for key, one in inner for line in _command_lines(one, key)]
    lines = [f"## `{name}`", " ".join((command.help or "").split()), ""]
    rows = [_row(one) for one in command.params if one.name != "help"]
    if rows:
        lines += ["| argument or option | meaning | default |", "|---|---|---|", *rows, ""]
    return lines


def _row(parameter: Any) -> str:  # noqa: ANN401 -- as above
    described = " ".join((getattr(parameter, "help", None) or "").split())
    if parameter.param_type_name == "option":
        flag = parameter.is_flag
        value = "" if flag else f" {parameter.metavar or _KINDS[type(parameter.default)]}"
        shown = f"{', '.join(parameter.opts)}{value}"
        default = "" if flag or parameter.default in (None, ()) else f"{parameter.default}"
        environment = f" (`${parameter.envvar}`)" if isinstance(parameter.envvar, str) else ""
        described += environment
    else:
        shown, default = parameter.metavar or (parameter.name or "").upper(), ""
    return f"| `{shown}` | {described.replace('|', '/')} | {f'`{default}`' if default else ''} |"


def python() -> str:
    """The page of public names: each with its description and example."""
    lines = ["# Python", _MADE, "", "Every name is imported from `quoth`.", ""]
    for name in quoth.__all__:
        thing = getattr(quoth, name)
        lines += [f"## `{name}{_signature(thing)}`", "```text"]
        lines += [(inspect.getdoc(thing) or "").strip(), "```", ""]
        for method, held in _methods(thing):
            lines += [f"### `{name}.{method}{_signature(held)}`", "```text"]
            lines += [(inspect.getdoc(held) or "").strip(), "```", ""]
    return "\n".join(lines).rstrip() + "\n"


def _methods(thing: object) -> list[tuple[str, object]]:
    """The public methods of a class: its own, then those that it inherits."""
    if not inspect.isclass(thing) or thing.__name__ not in {"Index", "Assistant"}:
        return []
    return [
        (name, getattr(thing, name))
        for one in thing.__mro__[:-1]
        for name, held in vars(one).items()
        if not name.startswith("_") and (inspect.isfunction(held) or isinstance(held, classmethod))
    ]


def _signature(thing: object) -> str:
    if inspect.isfunction(thing) or inspect.ismethod(thing):
        names = [name for name in inspect.signature(thing).parameters if name != "self"]
        return f"({', '.join(names)})"
    return ""


def architecture() -> str:
    """The page of the architecture, its list of files by the first line of each one's docstring."""
    written, _, _ = _ARCHITECTURE.read_text("utf-8").partition("## Files\n")
    lines = [written.rstrip(), "", "## Files"]
    for package in _PACKAGES:
        lines += [f"### {package}", "| file | what it holds |", "|---|---|"]
        for path in sorted((_ROOT / package).rglob("*.py")):
            told = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
            first = told.partition("\n")[0].removesuffix(".")
            lines.append(f"| `{path.relative_to(_ROOT)}` | {first} |")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def main() -> None:
    """Write the pages."""
    (_DOCS / "commands.md").write_text(commands(), "utf-8")
    (_DOCS / "python.md").write_text(python(), "utf-8")
    _ARCHITECTURE.write_text(architecture(), "utf-8")


if __name__ == "__main__":
    main()
