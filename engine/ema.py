"""A running mean of the weights, which is evaluated instead of the weights themselves."""

from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn


def make_ema(model: nn.Module, decay: float) -> AveragedModel:
    """Return a copy of `model` that follows it: `ema = decay * ema + (1 - decay) * model`.

    Call `update_parameters(model)` after each step; the first call copies. `module` is the
    averaged net. Batch norm's running statistics are averaged too, with the same decay: statistics
    copied from the live net would belong to other weights than the averaged ones.
    """
    ema = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(decay), use_buffers=True)
    ema.requires_grad_(False)
    return ema.eval()
