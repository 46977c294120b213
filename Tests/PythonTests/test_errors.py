"""What is refused says what was wrong, where, and what to do."""

import numpy as np
import pytest
from conftest import MODEL, REGRESSION

import bnc


def test_mistakes_in_a_model_have_their_place():
    with pytest.raises(bnc.CompileError, match="did you mean 'dense'") as caught:
        bnc.compile(MODEL.replace("dense(5)", "dens(5)"))
    (mistake,) = caught.value.diagnostics
    assert (mistake.severity, mistake.code, mistake.line, mistake.column, mistake.file) == (
        "error", "unknown-layer", 6, 16, "<stdin>")
    assert mistake.help == "did you mean 'dense'?"


def test_files_and_options_that_are_refused(tmp_path):
    with pytest.raises(bnc.CompileError, match="there is no such file"):
        bnc.compile(tmp_path / "missing.bn")
    with pytest.raises(bnc.CompileError, match="there is no target `pdp-11`"):
        bnc.compile(MODEL, target="pdp-11")
    with pytest.raises(bnc.CompileError, match="--batch must be from 1"):
        bnc.compile(MODEL, batch=0)
    with pytest.raises(bnc.Error, match="'no-such-cc'"):
        bnc.compile(MODEL, cc="no-such-cc")
    with pytest.raises(bnc.Error, match="1 to 1024 threads"):
        bnc.compile(MODEL, threads=0)
    with pytest.raises(bnc.DataError, match="a seed is a whole number"):
        bnc.compile(MODEL, seed=-1)


def test_a_path_that_looks_like_an_option(tmp_path, monkeypatch):
    (tmp_path / "-m.bn").write_text(MODEL)
    monkeypatch.chdir(tmp_path)
    assert bnc.compile("-m.bn").description.model_name == "small"


def test_warnings_of_a_model_are_warnings():
    with pytest.warns(bnc.CompileWarning):
        bnc.compile(MODEL.replace("dense(3)\n", "dense(3) | softmax\n"))


@pytest.mark.parametrize(("x", "y", "match"), [
    (np.zeros((3, 5)), [0, 1, 2], r"shape \[5\], the model's is \[4\]"),
    (np.zeros((3, 4)), [0, 1], "2 examples, the inputs have 3"),
    (np.zeros((3, 4)), [0, 1, 3], "label 3 at index 2, the model's classes are 0 to 2"),
    (np.zeros((3, 4)), [0, 1, 0.5], "label 0.5 at index 2"),
    (np.array([[0, 0, np.nan, 0]]), [0], r"nan at index 0, \[2\], which is not finite"),
    (np.array([[1e300, 0, 0, 0]]), [0], r"1e\+300 at index 0, \[0\], which is more than a float32"),
    (np.zeros((0, 4)), [], "no examples"),
    (np.array([["a"] * 4]), [0], "no real numbers"),
    (3, [0], "one number"),
    (np.zeros((9, 4)), [0] * 9, "a step takes 1 to 8"),
])
def test_data_that_is_refused(x, y, match):
    with pytest.raises(bnc.DataError, match=match):
        bnc.compile(MODEL).step(x, y)


def test_targets_of_another_shape():
    with pytest.raises(bnc.DataError, match=r"shape \[2\], the model's is \[1\]"):
        bnc.compile(REGRESSION).step(np.zeros((3, 4)), np.zeros((3, 2)))


def test_files_that_are_no_plugins(tmp_path):
    path = tmp_path / "p.so"
    path.write_bytes(b"no plugin" * 10)
    with pytest.raises(bnc.PluginError, match="not a 64-bit shared object"):
        bnc.open_plugin(path)
    with pytest.raises(bnc.PluginError, match="cannot be read"):
        bnc.open_plugin(tmp_path / "missing.so")


def test_plugins_that_are_cut_short(tmp_path):
    from bnc import _host
    whole = open(_host.library()._name, "rb").read()
    (tmp_path / "p.so").write_bytes(whole[:len(whole) // 4])
    with pytest.raises(bnc.PluginError, match="cut short"):
        bnc.open_plugin(tmp_path / "p.so")
    (tmp_path / "p.so").write_bytes(whole)
    with pytest.raises(bnc.PluginError, match="does not export bnc_plugin_table"):
        bnc.open_plugin(tmp_path / "p.so")


def test_a_plugin_of_a_file(tmp_path, data):
    from bnc import _executable
    (tmp_path / "m.bn").write_text(MODEL)
    _executable.run(
        ["compile", str(tmp_path / "m.bn"), "--target", "native", "-o", str(tmp_path)])
    network = bnc.open_plugin(tmp_path / "small.so")
    np.testing.assert_array_equal(network.predict(data[0]), bnc.compile(MODEL).predict(data[0]))
    with pytest.raises(bnc.Error, match="compile its model"):
        network.gradients(*data)


def test_a_program_that_is_not_there(monkeypatch):
    monkeypatch.setenv("BNC_EXECUTABLE", "/no/such/bnc")
    with pytest.raises(bnc.Error, match="BNC_EXECUTABLE names '/no/such/bnc'"):
        bnc.compile(MODEL)
