# Written by bnc 0 from forms.bn. With weights that bnc saved in W.safetensors:
#
#     model = Forms()
#     load(model, "W.safetensors")
#     model.eval()

import torch
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
    "slope": "weight",
}
# What stays 1, whatever a file has.
ONES = {
    "batchnorm1.weight",
}


class ScaleShift(nn.Module):
    """A factor and an offset for each channel."""

    def __init__(self, channels):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x):
        shape = (-1,) + (1,) * (x.dim() - 2)
        return x * self.weight.view(shape) + self.bias.view(shape)


class ChannelLayerNorm(nn.LayerNorm):
    """A layer norm over each place's channels."""

    def forward(self, x):
        return super().forward(x.movedim(1, -1)).movedim(-1, 1)


class Forms(nn.Module):
    """
    The network forms.

    image: floats [N, 3, 7, 6], as the data have them, in C order
    gate: floats [N, 4], as the data have them, in C order
    """

    def __init__(self):
        super().__init__()
        self.normalize_input_image = ScaleShift(3)
        self.normalize_input_gate = ScaleShift(4)
        self.conv1 = nn.Conv2d(3, 4, kernel_size=4, bias=False)
        self.batchnorm1 = nn.BatchNorm2d(4)
        self.first_conv1 = nn.Conv2d(4, 4, kernel_size=3)
        self.first_group_norm1 = nn.GroupNorm(2, 4)
        self.first_prelu1 = nn.PReLU()
        self.layer_norm1 = ChannelLayerNorm(4)
        self.rms_norm1 = nn.RMSNorm(3, eps=1e-05)
        self.conv_transpose1 = nn.ConvTranspose2d(4, 3, kernel_size=3, stride=2)
        self.scale_shift1 = ScaleShift(3)
        self.normalize_input_image.weight.requires_grad_(False)
        self.normalize_input_image.bias.requires_grad_(False)
        self.normalize_input_gate.weight.requires_grad_(False)
        self.normalize_input_gate.bias.requires_grad_(False)
        self.conv1.weight.requires_grad_(False)
        self.batchnorm1.weight.requires_grad_(False)
        with torch.no_grad():
            self.normalize_input_image.weight.copy_(torch.tensor([4.0, 4.0, 4.0]))
            self.normalize_input_image.bias.copy_(torch.tensor([-2.0, -2.0, -2.0]))
            self.normalize_input_gate.weight.copy_(torch.tensor([4.0, 4.0, 4.0, 4.0]))
            self.normalize_input_gate.bias.copy_(torch.tensor([-2.0, -2.0, -2.0, -2.0]))

    def train(self, mode=True):
        super().train(mode)
        self.batchnorm1.eval()  # always by its running statistics
        return self

    def forward(self, image, gate):
        normalize_input_image = self.normalize_input_image(image)  # [N, 3, 7, 6]
        normalize_input_gate = self.normalize_input_gate(gate)  # [N, 4]
        x = self.conv1(F.pad(normalize_input_image, (1, 2, 1, 2)))  # [N, 4, 7, 6]
        batchnorm1 = self.batchnorm1(x)  # [N, 4, 7, 6]
        x = F.pad(batchnorm1, (1, 1, 1, 1), mode="reflect")  # first_conv1_pad [N, 4, 9, 8]
        x = self.first_conv1(x)  # [N, 4, 7, 6]
        x = self.first_group_norm1(x)  # [N, 4, 7, 6]
        first_y = F.gelu(x)  # first_gelu1 [N, 4, 7, 6]
        x = batchnorm1 + first_y  # first_add1 [N, 4, 7, 6]
        a = self.first_prelu1(x)  # [N, 4, 7, 6]
        x = a * normalize_input_gate[:, :, None, None]  # multiply1 [N, 4, 7, 6]
        x = x + 0.5  # add1 [N, 4, 7, 6]
        x = F.avg_pool2d(F.pad(x, (1, 0, 0, 2)), 3, stride=2) / F.avg_pool2d(F.pad(F.pad(torch.ones_like(x), (1, 0, 0, 1), value=1.0), (0, 0, 0, 1)), 3, stride=2)  # avgpool1 [N, 4, 4, 3]
        x = self.layer_norm1(x)  # [N, 4, 4, 3]
        b = self.rms_norm1(x)  # [N, 4, 4, 3]
        x = F.interpolate(b, size=(5, 6), mode="bilinear")  # upsample1 [N, 4, 5, 6]
        c = x[:, 1:4:2]  # slice1 [N, 2, 5, 6]
        x = torch.cat((c, c), dim=1)  # concat1 [N, 4, 5, 6]
        d = self.conv_transpose1(x)[:, :, 0:10, 0:12]  # [N, 3, 10, 12]
        x = d.mean(dim=(2, 3))  # global_avgpool1 [N, 3]
        logits = self.scale_shift1(x)  # [N, 3]
        return logits


def load(model, path):
    """Loads weights that bnc saved into the model."""
    from safetensors.torch import load_file

    saved = {}
    for name, tensor in load_file(path).items():
        layer, _, leaf = name.rpartition(".")
        saved[f"{layer}.{LEAVES.get(leaf, leaf)}"] = tensor
    saved = {name: saved[name] for name in model.state_dict() if name in saved and name not in ONES}
    missing = [name for name in model.state_dict() if name not in saved and name not in ONES
               and not name.endswith(".num_batches_tracked")]
    if missing:
        raise KeyError(f"{path} lacks {', '.join(missing)}")
    model.load_state_dict(saved, strict=False)
