"""Every mistake in a project is told in the words of the file."""

# ruff: noqa: E501  (one case of the table per line)

from __future__ import annotations

import pytest

from fabdesign.config import builtin_text, load_project, project_from_text
from fabdesign.errors import ConfigError, ExitCode


def message_of(text: str, *overrides: str) -> str:
    with pytest.raises(ConfigError) as caught:
        project_from_text(text, "fabdesign.toml", overrides=overrides)
    assert caught.value.exit_code == ExitCode.USAGE
    return caught.value.message


def edited(old: str, new: str) -> str:
    text = builtin_text("digits")
    assert old in text
    return text.replace(old, new, 1)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'pitch = "1.5 um"',
            'pitch = "-0.4 um"',
            'fabdesign.toml: optics.pitch must be greater than 0; got "-0.4 um".',
        ),
        (
            'pitch = "1.5 um"',
            "pitch = 1.5",
            'fabdesign.toml: optics.pitch must be a length with its unit, such as "785 nm" or "1.5 um"; got 1.5.',
        ),
        ('pitch = "1.5 um"', 'pitch = "1.5 lightyears"', "optics.pitch must be a length with its unit"),
        (
            'pitch = "1.5 um"',
            'pich = "1.5 um"',
            'unknown key optics.pich; did you mean "pitch"? Known in [optics]:',
        ),
        ('pitch = "1.5 um"', 'pich = "1.5 um"', "optics.pitch is missing: edge of one square pixel"),
        ("[train]", "[trian]", 'unknown key trian; did you mean "train"? Known at the top: name, optics,'),
        (
            "[train]",
            '[train]\nturn = "400 deg"',
            'fabdesign.toml: train.turn must be at most 180 deg; got "400 deg".',
        ),
        ("layers = 5", 'layers = "three"', 'optics.layers must be a whole number; got "three".'),
        ("layers = 5", "layers = 3.5", "optics.layers must be a whole number; got 3.5."),
        ("layers = 5", "layers = true", "optics.layers must be a whole number; got true."),
        ("layers = 5", "layers = 0", "optics.layers must be at least 1; got 0."),
        (
            "samples_per_pixel = 2",
            "samples_per_pixel = 9",
            "optics.samples_per_pixel must be at most 8; got 9.",
        ),
        (
            'base = "5 um"',
            'base = "5 um"\nsubstrate = { material = "fused-silica" }',
            "process.substrate.thickness is missing: thickness of the plate",
        ),
        (
            'base = "5 um"',
            'base = "5 um"\nsubstrate = { material = "fused-silica", thickness = "170 um" }',
            "process.substrate.thickness with process.base (5 um) must be below optics.gap (80 um)",
        ),
        (
            'base = "5 um"',
            'base = "5 um"\nsubstrate = { material = "fused-silica", thicknes = "17 um" }',
            'unknown key process.substrate.thicknes; did you mean "thickness"?',
        ),
        ("levels = 8", "levels = 1", "process.levels must be at least 2; got 1."),
        ("levels = 8", "levels = 257", "process.levels must be at most 256; got 257."),
        (
            'encoder = "phase"',
            'encoder = "phas"',
            'task.encoder must be one of "phase", "amplitude"; got "phas"; did you mean "phase"?',
        ),
        ('depth = "1 pi"', 'depth = "1 um"', "task.depth must be an angle with its unit"),
        (
            "learning_rate = 0.05",
            "learning_rate = nan",
            "train.learning_rate must be a finite number; got NaN.",
        ),
        ("learning_rate = 0.05", "learning_rate = 0", "train.learning_rate must be greater than 0; got 0."),
        ('name = "digits"', 'name = "../up"', "name must be up to 64 letters"),
        ('name = "digits"', "name = 7", "name must be a text in quotes; got 7."),
        ('{ kind = "plane" }', '{ kind = "gaussian" }', 'optics.source needs waist = "… um"'),
        ('{ kind = "plane" }', '{ kind = "plane", waist = "3 um" }', "optics.source has a waist"),
        ("pixels = 48", "pixels = [48, 48, 48]", "optics.pixels must be one value or a list of two"),
        (
            "object_pixels = 28",
            "object_pixels = 49",
            "task.object_pixels must fit in optics.pixels [48, 48]; got [49, 49]",
        ),
        ('base = "5 um"', 'base = "120 um"', "process.base must be below optics.gap (80 um)"),
        (
            'detector_size = "9 um"',
            'detector_size = "19 um"',
            "task.detector_size must not exceed task.detector_pitch in x",
        ),
        (
            '["18 um", "21 um"]',
            '["22 um", "21 um"]',
            "the 10 detectors must fit on the aperture: 4 in x span 75 um, and optics.pixels × optics.pitch is 72 um",
        ),
        ("[quantise]", "[quantise]\noptions = 3", "quantise.options must be a table; got 3."),
        (
            "[quantise]",
            "[quantise]\noptions.a = [1]",
            "quantise.options.a must be a number, a text or true or false",
        ),
        ("seed = 0", 'seed = 0\ndevice = "tpu"', "train.device must be cpu, cuda"),
        (
            "seed = 0",
            'seed = 0\ncheckpoint_every = "5"',
            "train.checkpoint_every must be a time with its unit",
        ),
    ],
)
def test_a_wrong_setting_is_named_with_what_was_expected_and_what_came(old: str, new: str, said: str) -> None:
    assert said in message_of(edited(old, new))


def test_all_findings_are_told_at_once_each_on_its_line() -> None:
    text = edited("layers = 5", "layers = 0").replace("epochs = 8", "epochs = 0").replace("batch =", "bach =")
    lines = message_of(text).splitlines()
    assert len(lines) == 3
    assert all(line.startswith("fabdesign.toml: ") for line in lines)


def test_a_syntax_error_names_line_and_column() -> None:
    message = message_of("name = 'x'\n[optics]\nwavelength = 785 nm\n")
    assert "fabdesign.toml: must be valid TOML" in message
    assert "line 3, column 18" in message


def test_a_wrong_override_is_blamed_and_not_the_file() -> None:
    text = edited("layers = 5", "layers = 0")
    message = message_of(text, "optics.pich=1 um", "train.epochs=0")
    assert '-o optics.pich=1 um: unknown key optics.pich; did you mean "pitch"?' in message
    assert "-o train.epochs=0: train.epochs must be at least 1; got 0." in message
    assert "fabdesign.toml: optics.layers must be at least 1; got 0." in message


@pytest.mark.parametrize("override", ["optics.pitch", "=3", "optics..pitch=3", ""])
def test_an_override_without_key_or_value_is_refused(override: str) -> None:
    with pytest.raises(ConfigError, match="-o must be key=value"):
        load_project(None, [override])


def test_an_override_below_a_single_value_is_refused() -> None:
    assert "name is a single value" in message_of(builtin_text("digits"), "name.first=x")
