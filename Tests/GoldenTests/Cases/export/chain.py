# Written by bnc 0 from chain.bn. With weights that bnc saved in W.safetensors:
#
#     model = Chain()
#     load(model, "W.safetensors")
#     model.eval()

from torch import nn
from torch.nn import functional as F

# What the data call the classes.
CLASSES = [
    "round",
    "square",
    "\"other\"\u000a",
]
# What bnc's files call tensors, and what they are here.
LEAVES = {
    "gamma": "weight",
    "beta": "bias",
    "running_variance": "running_var",
}


class Chain(nn.Module):
    """
    The network chain.

    image: floats [N, 1, 8, 8], in C order; where the data have bytes, those times 0.003921569

    Trained on here, running variances collect unbiased ones, and statistics start at 0 and 1.
    """

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 4, kernel_size=3, padding=1)
        self.batchnorm1 = nn.BatchNorm2d(4)
        self.dropout1 = nn.Dropout(0.2)
        self.dense1 = nn.Linear(64, 3)

    def forward(self, image):
        x = self.conv1(image)  # [N, 4, 8, 8]
        x = self.batchnorm1(x)  # [N, 4, 8, 8]
        x = F.relu(x)  # relu1 [N, 4, 8, 8]
        x = F.max_pool2d(x, 2)  # maxpool1 [N, 4, 4, 4]
        x = self.dropout1(x)  # [N, 4, 4, 4]
        h = x.flatten(1)  # flatten1 [N, 64]
        logits = self.dense1(h)  # [N, 3]
        return logits


def load(model, path):
    """Loads weights that bnc saved into the model."""
    from safetensors.torch import load_file

    saved = {}
    for name, tensor in load_file(path).items():
        layer, _, leaf = name.rpartition(".")
        saved[f"{layer}.{LEAVES.get(leaf, leaf)}"] = tensor
    saved = {name: saved[name] for name in model.state_dict() if name in saved}
    missing = [name for name in model.state_dict() if name not in saved
               and not name.endswith(".num_batches_tracked")]
    if missing:
        raise KeyError(f"{path} lacks {', '.join(missing)}")
    model.load_state_dict(saved, strict=False)
