"""A simulator that shares no code with fabdesign sees the same light from the STL files alone."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import fabdesign.tasks
from fabdesign.design import Slab, load_design
from fabdesign.network import from_design
from tests.check.devices import export_beside, make_design
from tests.independent import simulate

TOLERANCE = 1e-3


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("device")
    export_beside(make_design(), folder)
    return folder


def test_detector_powers_agree(folder: Path) -> None:
    assert_powers_agree(folder)


def test_they_agree_where_light_passes_substrates(tmp_path: Path) -> None:
    bare = make_design()
    gap, base = bare.physical.spaces[0]
    glass = Slab(what="substrate", thickness_um=40.0, index=1.4537)
    spaces = (*[(gap, glass, base)] * 3, bare.physical.spaces[-1])
    design = replace(bare, physical=bare.physical.model_copy(update={"spaces": spaces}))
    export_beside(design, tmp_path)
    assert_powers_agree(tmp_path)
    image = torch.tensor(np.random.default_rng(1).random((1, 28, 28)), dtype=torch.float32)
    with_glass, without = (from_design(each, 2)(image).numpy() for each in (design, bare))
    assert np.abs(with_glass / without - 1).max() > 0.05


def assert_powers_agree(folder: Path) -> None:
    images = np.random.default_rng(1).random((3, 28, 28))
    simulator = simulate.from_files(folder / "design.safetensors", sorted(folder.glob("*.stl")))
    seen = np.array([simulator.powers(image) for image in images])
    network = from_design(load_design(folder / "design.safetensors"), 2)
    share = network(torch.tensor(images, dtype=torch.float32)).numpy()
    # fabdesign gives shares of the light that falls on the aperture of 32 pixels of 1.5 um
    np.testing.assert_allclose(seen, share * (32 * 1.5) ** 2, rtol=TOLERANCE)
    np.testing.assert_array_equal(seen.argmax(axis=1), share.argmax(axis=1))


def test_it_imports_nothing_of_ours() -> None:
    text = Path(simulate.__file__).read_text(encoding="utf-8")
    assert "import fabdesign" not in text
    assert "from fabdesign" not in text


def test_the_script_prints_an_accuracy(folder: Path) -> None:
    files = [str(path) for path in sorted(folder.glob("*.stl"))]
    command = [
        sys.executable,
        simulate.__file__,
        "--design",
        str(folder / "design.safetensors"),
        "--limit",
        "20",
    ]
    done = subprocess.run(
        [*command, "--stl", *files], capture_output=True, text=True, check=True, timeout=300
    )
    answer = json.loads(done.stdout)
    split = fabdesign.tasks.load_dataset("mnist-small").test.first(20)
    network = from_design(load_design(folder / "design.safetensors"), 2)
    powers = network(torch.from_numpy(split.images / np.float32(255)))
    assert answer["count"] == 20
    assert answer["right"] == int((powers.argmax(1).numpy() == split.labels).sum())
