"""`make stats`: lines per package and the longest functions, looked at with each release."""

import ast
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LONGEST = 10
REST = {
    "tests": "tests/**/*.py",
    "templates": "app/**/*.html",
    "styles": "app/**/*.css",
    "scripts": "app/**/*.js",
}


def lines_by_package() -> Counter[str]:
    """Lines of Python below app/, per package."""
    counted: Counter[str] = Counter()
    for path in (ROOT / "app").rglob("*.py"):
        parts = path.relative_to(ROOT / "app").parts
        counted[parts[0] if len(parts) > 1 else "assembly"] += _lines(path)
    return counted


def longest_functions() -> list[tuple[int, str]]:
    """The longest functions of app/ as (lines, place)."""
    found = []
    for path in (ROOT / "app").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
                place = f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
                found.append((node.end_lineno - node.lineno + 1, place))
    return sorted(found, reverse=True)[:LONGEST]


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def main() -> None:
    """Print both tables and the weight of what is not Python."""
    packages = lines_by_package()
    for name, lines in packages.most_common():
        print(f"{name:<14}{lines:>7}")
    print(f"{'app':<14}{packages.total():>7}")
    for name, pattern in REST.items():
        print(f"{name:<14}{sum(_lines(path) for path in ROOT.glob(pattern)):>7}")
    print("\nLongest functions")
    for lines, place in longest_functions():
        print(f"{lines:>5}  {place}")


if __name__ == "__main__":
    main()
