"""`make docs`: the pages that are generated from the code; `--check` says whether they still are those of the code."""

import importlib
import sys
from pathlib import Path
from typing import Any

from app.core.permissions import GRANTS, Permission, Role
from app.core.workflow import Workflow

ROOT = Path(__file__).resolve().parents[1]
GENERATED = "<!-- Written by `make docs` from the code; change the code instead. -->"


def workflows() -> list[Workflow[Any]]:
    """Every workflow declared in the rules of a domain."""
    found = []
    paths = [*(ROOT / "app").glob("*/rules.py"), *(ROOT / "app").glob("*/rules/*.py")]
    for path in sorted(paths):
        module = importlib.import_module(
            ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        )
        found += [value for value in vars(module).values() if isinstance(value, Workflow)]
    return sorted({id(each): each for each in found}.values(), key=lambda each: each.name)


def permissions_page() -> str:
    """The matrix of roles and permissions."""
    roles = list(Role)
    out = [
        "# Permissions", "", GENERATED, "",
        "Who may do what, from `app/core/permissions.py`. Pupils have a badge at an enrolled tablet, no login.", "",
        "| Permission | " + " | ".join(role.label for role in roles) + " |",
        "| --- |" + " :---: |" * len(roles),
    ]  # fmt: skip
    for permission in Permission:
        marks = ("●" if permission in GRANTS[role] else "–" for role in roles)
        out.append(f"| `{permission.value}` | " + " | ".join(marks) + " |")
    return "\n".join([*out, ""])


def workflows_page() -> str:
    """A diagram and a table per workflow."""
    out = ["# Workflows", "", GENERATED, "", "The only legal moves. French labels are what the screens show.", ""]
    for workflow in workflows():
        out += [f"## {workflow.name}", "", "```mermaid", "stateDiagram-v2", f"    [*] --> {workflow.initial.value}"]
        for action in workflow.actions:
            out += [f"    {source} --> {action.target.value}: {action.name}" for source in _sources(action)]
        out += [
            "```",
            "",
            "| Action | Button | From | To | Permission | Needs |",
            "| --- | --- | --- | --- | --- | --- |",
        ]
        out += [_row(action) for action in workflow.actions]
        out += [
            "",
            "States: " + ", ".join(f"`{state.value}` {label}" for state, label in workflow.labels.items()) + ".",
            "",
        ]
    return "\n".join(out)


def _sources(action: Any) -> list[str]:
    order = list(type(action.target))
    return [state.value for state in sorted(action.sources, key=order.index)]


def _row(action: Any) -> str:
    needs = ", ".join(
        word for word, wanted in (("a note", action.needs_note), ("a confirmation", action.danger)) if wanted
    )
    sources = ", ".join(_sources(action))
    cells = (f"`{action.name}`", action.label, sources, action.target.value, f"`{action.permission.value}`", needs)
    return f"| {' | '.join(cells)} |"


PAGES = {"permissions.md": permissions_page, "workflows.md": workflows_page}


def outdated() -> list[str]:
    """Generated pages whose text is not what the code gives."""
    return [
        name
        for name, write in PAGES.items()
        if not (path := ROOT / "docs" / name).is_file() or path.read_text(encoding="utf-8") != write()
    ]


def main() -> int:
    """Write the pages, or with --check only name the outdated ones."""
    if "--check" in sys.argv[1:]:
        for name in (stale := outdated()):
            print(f"docs/{name} is not that of the code: run `make docs`", file=sys.stderr)
        return 1 if stale else 0
    for name, write in PAGES.items():
        (ROOT / "docs" / name).write_text(write(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
