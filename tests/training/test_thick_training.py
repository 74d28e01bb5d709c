"""Training through reliefs, from the config to the scores in the design."""

from fabdesign.design import load_design
from fabdesign.training import evaluate_design, train
from tests.training.runs import tiny, write_digits


def test_a_run_through_reliefs_is_scored_through_reliefs(tmp_path):
    data = write_digits(tmp_path / "digits.npz")
    loaded = tiny(data, "optics.model='thick'", "optics.slice='500 nm'", "train.epochs=1")
    run = train(loaded, tmp_path / "runs").run
    design = load_design(run / "design.safetensors")
    assert (design.settings["model"], design.settings["slice_um"]) == ("thick", 0.5)
    stored = design.scores["quantised"]
    assert stored["model"] == stored["finer"]["model"] == "thick"
    again = evaluate_design(design, data)
    assert again.model == "thick"
    assert again.scores["accuracy"] == stored["accuracy"]
    thin = evaluate_design(design, data, model="thin")
    assert thin.model == "thin"
    assert abs(thin.outputs - again.outputs).max() > 0.01 * again.outputs.max()
