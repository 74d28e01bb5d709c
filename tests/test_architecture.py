"""The rules of the house: who imports whom, what is never done, and how large a module may grow."""

import ast
import importlib
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

import fabdesign

ROOT = Path(__file__).parents[1]
LIBRARY = sorted((ROOT / "fabdesign").rglob("*.py"))
COMMAND_LINE = sorted((ROOT / "cli").rglob("*.py"))
SHIPPED = LIBRARY + COMMAND_LINE
WRITTEN_BY_US = [
    path
    for pattern in ("*.py", "*.md", "*.toml", "*.txt", "*.yml", "Makefile", ".ci/run")
    for path in sorted(ROOT.rglob(pattern))
    if not {".venv", "demo", "runs", "exports", "site"} & set(path.relative_to(ROOT).parts)
]

LARGEST_MODULE = 400
TORCH_FREE = [
    "errors",
    "units",
    "formats",
    "plot",
    "config",
    "materials",
    "process",
    "design",
    "copies",
    "relief",
    "export",
    "check",
    "report",
]
NEVER_CALLED = {"eval", "exec", "compile", "__import__"}
NEVER_IMPORTED = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve"}
NEVER_IMPORTED_BY_LIBRARY = {"fabdesign_cli", "click", "rich", "rich_click", "requests", "socket"}
NETWORK_OF_URLLIB = {"request", "error", "response", "robotparser"}


def where(path: Path, node: ast.AST | None = None) -> str:
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imported_roots(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name.split(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node, node.module.split(".")[0]


def network_imports(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    """Imports from urllib other than its parser of addresses."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            root, _, rest = name.partition(".")
            if root == "urllib" and rest.split(".")[0] in NETWORK_OF_URLLIB | {""}:
                yield node, name


def calls(tree: ast.Module) -> Iterator[tuple[ast.Call, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node, ast.unparse(node.func)


def child(code: str) -> str:
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def test_imports_go_one_way(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    exit_code = lint_imports(no_cache=True)
    assert exit_code == 0, capsys.readouterr().out


def test_nothing_executable_is_loaded() -> None:
    findings = [
        f"{where(path, node)} imports {name}"
        for path in SHIPPED
        for node, name in imported_roots(tree_of(path))
        if name in NEVER_IMPORTED
    ]
    for path in SHIPPED:
        for node, name in calls(tree_of(path)):
            keywords = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
            if name in NEVER_CALLED or name in {"yaml.load", "yaml.unsafe_load"}:
                findings.append(f"{where(path, node)} calls {name}")
            if name == "torch.load" and keywords.get("weights_only") != "True":
                findings.append(f"{where(path, node)} loads a pickle")
            if name.endswith("np.load") and keywords.get("allow_pickle", "False") != "False":
                findings.append(f"{where(path, node)} loads a pickle")
            if "shell" in keywords or name in {"os.system", "os.popen"}:
                findings.append(f"{where(path, node)} runs a shell")
    assert findings == []


def test_library_neither_prints_nor_talks_to_the_network() -> None:
    findings = []
    for path in LIBRARY:
        tree = tree_of(path)
        findings += [
            f"{where(path, node)} imports {name}"
            for node, name in imported_roots(tree)
            if name in NEVER_IMPORTED_BY_LIBRARY
        ]
        findings += [f"{where(path, node)} imports {name}" for node, name in network_imports(tree)]
        findings += [
            f"{where(path, node)} prints"
            for node, name in calls(tree)
            if name == "print" or name.startswith(("sys.stdout.", "sys.stderr.", "sys.exit"))
        ]
    assert findings == []


def test_no_module_grows_too_large() -> None:
    sizes = {where(path): len(path.read_text(encoding="utf-8").splitlines()) for path in SHIPPED}
    assert {name: size for name, size in sizes.items() if size > LARGEST_MODULE} == {}
    assert sorted(sizes.values())[len(sizes) // 2] <= 150, "the median module should stay near 100 lines"


def test_no_path_of_a_machine() -> None:
    machine = re.compile(r"(?<![\w.])/(?:home|root|Users|work|workspace|mnt)/\w")
    findings = [
        f"{where(path)}: {line.strip()}"
        for path in WRITTEN_BY_US
        for line in path.read_text(encoding="utf-8").splitlines()
        if machine.search(line)
    ]
    assert findings == []


def test_every_public_name_is_documented() -> None:
    findings = [
        f"{where(path)} has no docstring" for path in SHIPPED if ast.get_docstring(tree_of(path)) is None
    ]
    for path in SHIPPED:
        findings += [
            f"{where(path, node)} {name} has no docstring" for node, name in undocumented(tree_of(path))
        ]
    assert findings == []


def undocumented(body: ast.Module | ast.ClassDef) -> Iterator[tuple[ast.AST, str]]:
    for node in body.body:
        if not isinstance(node, ast.FunctionDef | ast.ClassDef) or node.name.startswith("_"):
            continue
        if ast.get_docstring(node) is None and node.name not in inherited(body):
            yield node, node.name
        if isinstance(node, ast.ClassDef):
            yield from undocumented(node)


def inherited(body: ast.Module | ast.ClassDef) -> set[str]:
    """Names that a class takes over, with their meaning, from documented methods of its bases."""
    if isinstance(body, ast.Module):
        return set()
    bases = {ast.unparse(base).split(".")[-1].split("[")[0] for base in body.bases}
    if "Function" in bases:  # torch.autograd.Function fixes what these two are
        return {"forward", "backward"}
    names = set()
    for path in SHIPPED:
        for node in tree_of(path).body:
            if isinstance(node, ast.ClassDef) and node.name in bases:
                names |= {child.name for child in node.body if isinstance(child, ast.FunctionDef)}
                names |= inherited(node)
    return names


def test_dependencies_are_those_that_are_imported() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {requirement_name(text) for text in project["dependencies"]}
    extras = project["optional-dependencies"]
    optional = {requirement_name(text) for extra in ("cluster", "masks") for text in extras[extra]}
    distributions = metadata.packages_distributions()
    imported = {
        requirement_name(distributions[root][0])
        for path in SHIPPED
        for _, root in imported_roots(tree_of(path))
        if root not in sys.stdlib_module_names and root not in {"fabdesign", "fabdesign_cli"}
    }
    assert imported - {"pydantic-core"} == declared | optional


def requirement_name(text: str) -> str:
    return re.split(r"[^A-Za-z0-9._-]", text)[0].lower().replace("_", "-")


def test_every_requirement_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = {requirement_name(line): line for line in lines if line and not line.startswith("#")}
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in pins.values())
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    wanted = {requirement_name(text) for group in groups for text in group} - {"fabdesign"}
    assert wanted - set(pins) == set()


def test_shape_annotations_are_not_postponed() -> None:
    """`from __future__ import annotations` would keep jaxtyping from checking shapes at run time."""
    findings = [
        where(path)
        for path in SHIPPED
        if {"jaxtyping", "__future__"} <= {name for _, name in imported_roots(tree_of(path))}
    ]
    assert findings == []


def test_rooms_work_without_torch() -> None:
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in LIBRARY
        if path.relative_to(ROOT / "fabdesign").parts[0].removesuffix(".py") in TORCH_FREE
    ]
    assert {module.split(".")[1] for module in modules} == set(TORCH_FREE)
    code = f"""
import importlib, sys
for name in {modules}:
    importlib.import_module(name)
    if "torch" in sys.modules:
        sys.exit(f"{{name}} imports torch")
"""
    child(code)


def test_importing_the_package_imports_nothing_heavy() -> None:
    heavy = ["numpy", "torch", "scipy", "pydantic", "matplotlib", "trimesh"]
    found = child(f"import sys, fabdesign\nprint([name for name in {heavy} if name in sys.modules])")
    assert found == "[]"


def test_public_names_are_there_and_documented() -> None:
    assert list(fabdesign.__all__) == sorted(fabdesign.__all__)
    for name in fabdesign.__all__:
        value = getattr(fabdesign, name)
        assert name == "__version__" or value.__doc__, name
    assert set(fabdesign.__all__) <= set(dir(fabdesign))
    with pytest.raises(AttributeError, match="no_such_name"):
        fabdesign.no_such_name  # noqa: B018


def test_version_is_that_of_the_distribution() -> None:
    assert fabdesign.__version__ == importlib.import_module("importlib.metadata").version("fabdesign")
