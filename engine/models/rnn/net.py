"""The modules of `rnn`."""

from collections.abc import Callable, Mapping

from torch import Tensor, nn

from engine.models.rnn.spec import RnnOptions
from engine.models.spec import PictureShape

_CELLS: Mapping[str, Callable[..., nn.RNNBase]] = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}


class RowReader(nn.Module):
    """Reads rows from top to bottom, from a zero state; the last step's state goes to the head."""

    def __init__(self, options: RnnOptions, row_features: int, num_classes: int) -> None:
        super().__init__()
        self.cells = _CELLS[options.cell](
            row_features,
            options.width,
            num_layers=options.layers,
            batch_first=True,
            dropout=options.dropout,
            bidirectional=options.bidirectional,
        )
        self.directions = 2 if options.bidirectional else 1
        self.head = nn.Linear(self.directions * options.width, num_classes)

    def forward(self, images: Tensor) -> Tensor:
        """Map images `(N, C, H, W)` to logits `(N, K)`."""
        rows = images.transpose(1, 2).flatten(2)  # (N, H, C * W)
        _, state = self.cells(rows)
        hidden = state[0] if isinstance(state, tuple) else state  # an LSTM has a cell state too
        last = hidden[-self.directions :]  # (directions, N, width)
        logits: Tensor = self.head(last.transpose(0, 1).flatten(1))
        return logits


def build(options: RnnOptions, shape: PictureShape, num_classes: int) -> nn.Module:
    """Return a reader of rows; the channels of a row lie one after the other."""
    return RowReader(options, shape.channels * shape.width, num_classes)
