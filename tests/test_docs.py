"""The pages say what the code does: examples run, generated pages are complete, docstrings hold."""

import doctest
import importlib
import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner
from fabdesign_cli.catalogue import COMMANDS, load_command

from fabdesign.check import finding_titles, rules
from fabdesign.config import Project
from fabdesign.materials import list_materials
from fabdesign.process import list_profiles
from fabdesign.quantise import quantiser_names

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
WITH_EXAMPLES = [path for path in sorted(DOCS.rglob("*.md")) if ">>>" in path.read_text(encoding="utf-8")]
MODULES = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in sorted((ROOT / "fabdesign").rglob("*.py"))
    if ">>>" in path.read_text(encoding="utf-8")
]


@pytest.fixture(scope="module")
def hook() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_reference", DOCS / "hooks" / "reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", WITH_EXAMPLES, ids=lambda path: path.relative_to(DOCS).as_posix())
def test_examples_on_a_page(page: Path) -> None:
    result = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert result.attempted > 0
    assert result.failed == 0


def test_command_page_has_what_help_has(hook: ModuleType) -> None:
    page = hook.cli_page()
    for name in COMMANDS:
        section = page.split(f"## fabdesign {name}\n")[1].split("\n## ")[0]
        shown = CliRunner().invoke(load_command(name), ["--help"], terminal_width=200).output
        assert set(re.findall(r"--[a-z-]+", shown)) <= set(re.findall(r"--[a-z-]+", section)), name


def test_config_page_has_every_key(hook: ModuleType) -> None:
    page = hook.config_page()
    for table, field in Project.model_fields.items():
        assert f"| `{table}` |" in page
        for key, inner in getattr(field.annotation, "model_fields", {}).items():
            assert f"| `{inner.alias or key}` |" in page, f"{table}.{key}"


def test_other_generated_pages_are_complete(hook: ModuleType) -> None:
    assert all(f"`{material.name}`" in hook.materials_page() for material in list_materials())
    assert all(f"## {profile.name}\n" in hook.processes_page() for profile in list_profiles())
    assert all(f"### {name}\n" in hook.rules_page() for name in rules())
    assert all(f"`{name}`" in hook.rules_page() or name in rules() for name in finding_titles())
    assert all(f"## {name}\n" in hook.quantisers_page() for name in quantiser_names())
    assert "::: fabdesign.optics" in hook.api_page()


def test_method_of_the_how_to_page_works(tmp_path: Path) -> None:
    """The quantiser that the page shows is run as it stands there."""
    import torch

    from fabdesign.process import ideal_table

    page = (DOCS / "how-to" / "write-a-quantiser.md").read_text(encoding="utf-8")
    file = tmp_path / "blend.py"
    file.write_text(page.split("```python\n")[1].split("```")[0], encoding="utf-8")
    spec = importlib.util.spec_from_file_location("blend", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    table = ideal_table(4, wavelength_um=0.8, material_index=1.5, medium_index=1.0)
    blend = module.Blend((2, 5, 5), table, 0, module.Options())
    assert torch.allclose(blend.transmission(1.0), blend.hard_transmission(), atol=1e-5)
    blend.transmission(0.5).real.sum().backward()
    assert blend.weight.grad.abs().min() > 0


def test_commands_in_the_pages_exist() -> None:
    words = re.compile(r"(?m)^    (?:cd \S+ && )?fabdesign ([a-z]+)")
    pages = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
    used = {name for page in pages for name in words.findall(page.read_text(encoding="utf-8"))}
    assert {"train", "export", "check"} <= used <= set(COMMANDS)
