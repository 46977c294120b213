"""Protects the examples of the documents and the notebook: they run as they stand."""

import contextlib
import io
import json
import re

import pytest
from conftest import ROOT


def run(blocks, folder, monkeypatch):
    """Runs blocks one after the other, beside the example models: what they printed."""
    (folder / "Sources").mkdir()
    (folder / "Sources/ExampleModels").symlink_to(ROOT / "Sources/ExampleModels")
    monkeypatch.chdir(folder)
    names = {"__name__": "example"}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        for block in blocks:
            exec(compile(block, "example", "exec"), names)
    return printed.getvalue(), names


@pytest.mark.parametrize("page", [
    "README.md", "Sources/Python/README.md", "Sources/Driver/Driver.docc/Python.md"])
def test_examples_of_the_pages(page, tmp_path, monkeypatch):
    if page.endswith("Python.md"):
        pytest.importorskip("sklearn")
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(), re.S)
    assert blocks
    run(blocks, tmp_path, monkeypatch)


def test_notebook(tmp_path, monkeypatch):
    pytest.importorskip("sklearn")
    notebook = json.loads((ROOT / "Sources/Python/examples/digits.ipynb").read_text())
    blocks = ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]
    assert all(cell.get("outputs", []) == [] for cell in notebook["cells"])
    printed, names = run(blocks, tmp_path, monkeypatch)
    assert names["accuracy"] > 0.95
    assert printed.count("epoch") == 4
