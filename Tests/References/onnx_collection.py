"""The tests of the ONNX package: graphs with their inputs and outputs."""

import pathlib

import numpy
import onnx
import onnx.backend.test
import onnx.backend.test.case.node
import onnx.reference


def named(values, arrays):
    """A test's numbers by the names of its graph; a single number is an array without axes."""
    return {value.name: numpy.asarray(array) if isinstance(array, numpy.generic) else array
            for value, array in zip(values, arrays)}


class Test:
    """A graph, and what goes in and comes out, by name."""

    def __init__(self, name, model, inputs, outputs, tolerances):
        self.name = name
        self.graph = model.graph
        self.opset = max(
            [o.version for o in model.opset_import if o.domain in ("", "ai.onnx")] or [0])
        self.inputs = named(model.graph.input, inputs)
        self.outputs = named(model.graph.output, outputs)
        self.tolerances = tolerances
        self.model = model
        kinds = [node.op_type for node in model.graph.node if node.op_type != "Constant"]
        self.kind = kinds[0] if len(set(kinds)) == 1 else "+".join(kinds)

    @property
    def is_of_arrays(self):
        return all(isinstance(array, numpy.ndarray)
                   for array in [*self.inputs.values(), *self.outputs.values()])

    def resolve(self):
        """Constants, and what follows from them alone, by name; and the shape of every value."""
        self.arrays = {**{i.name: onnx.numpy_helper.to_array(i) for i in self.graph.initializer},
                       **{name: array for name, array in self.inputs.items()}}
        self.constants = {i.name for i in self.graph.initializer}
        self.nodes = []
        for node in self.graph.node:
            if set(node.input) <= self.constants:
                session = onnx.reference.ReferenceEvaluator(node)
                found = session.run(None, {name: self.arrays[name] for name in node.input})
                self.arrays |= zip(node.output, found)
                self.constants |= set(node.output)
            else:
                self.nodes.append(node)
        inferred = onnx.shape_inference.infer_shapes(self.model).graph.value_info
        self.shapes = {value.name: tuple(d.dim_value for d in value.type.tensor_type.shape.dim)
                       for value in inferred}
        self.shapes |= {name: array.shape for name, array in self.outputs.items()}


def collected():
    """All tests, in the order of their names."""
    for case in onnx.backend.test.case.node.collect_testcases(None):
        if case.data_sets:
            yield Test(case.name, case.model, *case.data_sets[0], (case.rtol, case.atol))
    data = pathlib.Path(onnx.backend.test.__file__).parent / "data"
    for kind in ("pytorch-converted", "pytorch-operator", "simple"):
        for folder in sorted((data / kind).iterdir()):
            if not (folder / "model.onnx").exists():
                continue
            model = onnx.load(folder / "model.onnx")

            def read(what, values):
                for index, value in enumerate(values):
                    path = folder / "test_data_set_0" / f"{what}_{index}.pb"
                    if value.type.HasField("tensor_type"):
                        yield onnx.numpy_helper.to_array(onnx.load_tensor(str(path)))
                    else:
                        yield []

            given = {i.name for i in model.graph.initializer}
            values = list(model.graph.input)
            own = [value for value in values if value.name not in given]
            files = len(list((folder / "test_data_set_0").glob("input_*.pb")))
            if files < len(values):  # initializers are listed among the inputs, without a file
                del model.graph.input[:]
                model.graph.input.extend(own)
            yield Test(f"{kind}/{folder.name}", model,
                       list(read("input", model.graph.input)),
                       list(read("output", model.graph.output)), (1e-3, 1e-7))
