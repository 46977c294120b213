"""bnc in Python: compile a network from its model's text, train it, look into it, use it.

    network = bnc.compile("model.bn")
    network.fit(x, y, epochs=5)
    network.predict(x)
"""

from ._description import Description, Loss, Value
from ._inspection import Inspection
from ._memory import Tensors
from .errors import (
    CompileError, CompileWarning, DataError, Diagnostic, Error, NotFiniteError, NotTrainedError,
    PluginError, StopTraining, WeightsError)
from .frozen import Frozen, FrozenValue
from .network import Network, compile, open_plugin
from .training import Callback, History
from .version import __version__

__all__ = [
    "Callback", "CompileError", "CompileWarning", "DataError", "Description", "Diagnostic", "Error",
    "Frozen", "FrozenValue", "History", "Inspection", "Loss", "Network", "NotFiniteError",
    "NotTrainedError", "PluginError", "StopTraining", "Tensors", "Value", "WeightsError",
    "__version__", "compile", "open_plugin"]
