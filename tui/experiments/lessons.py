"""The lessons, in the order in which they are best read."""

from tui.experiments.lesson import Arm, Lesson, Pair

_BN, _DROPOUT, _BOTH = Arm("cifar_bn"), Arm("cifar_dropout"), Arm("cifar_bn_dropout")
_ALL = Arm("cifar_bn_dropout_l2")
_MLP, _LSTM = Arm("mnist_mlp"), Arm("mnist_rnn")

_LOSS = Lesson(
    "loss",
    "Loss and hidden layers",
    """\
A linear layer gives each class one weighted sum of the pixels. Squared error pulls these sums
towards 0 and 1, and so also punishes a correctly classified picture whose sum is too large;
cross-entropy of the softmax is the negative log-likelihood of the true class and asks only that it
win. A hidden layer with a nonlinearity (Rumelhart, Hinton and Williams 1986) lets the net combine
pixels into features, so that classes need not be separated by hyperplanes.""",
    (
        Pair("Cross-entropy in place of squared error", Arm("linear"), Arm("logistic")),
        Pair("Two hidden layers", Arm("logistic"), _MLP),
    ),
)

_DROP = Lesson(
    "dropout",
    "Dropout",
    """\
In each step dropout sets a random part of the activations to zero, so that no unit can rely on
particular others; what is left acts like an average over many thinned nets (Srivastava et al.
2014). One expects a smaller gap between train and val, at the price of slower learning, and more of
it the more a net over-fits. Between convolutions it is weaker than before a dense layer, as
neighbouring pixels of a map say nearly the same.""",
    (Pair("Dropout after each block", _BN, _BOTH),),
    shows_train=True,
)

_NORM = Lesson(
    "batch-norm",
    "Batch normalisation",
    """\
Batch norm gives each channel mean 0 and variance 1 over the batch, then a learned scale and shift
(Ioffe and Szegedy 2015). Gradients keep a useful size in every layer and the loss becomes smoother
(Santurkar et al. 2018), so that the same learning rate goes further in the same number of epochs;
the noise of the batch's statistics also regularises a little. Whether it can replace dropout is
the second question here.""",
    (
        Pair("Batch norm beside dropout", _DROPOUT, _BOTH),
        Pair("Batch norm in place of dropout between the convolutions", _DROPOUT, _BN),
    ),
    shows_train=True,
)

_DECAY = Lesson(
    "l2",
    "L2 (weight decay)",
    """\
L2 adds the weights' squared size to the loss, so that each step also shrinks them: smooth solutions
with small weights are preferred (Krogh and Hertz 1992). With plain SGD this is the same as weight
decay; with Adam it is not (Loshchilov and Hutter 2019). Here it acts on the kernel of the one dense
layer that holds most of the parameters.""",
    (
        Pair("L2 beside batch norm", _BN, Arm("cifar_l2")),
        Pair("L2 beside batch norm and dropout", _BOTH, _ALL),
    ),
    shows_train=True,
)

_DEPTH = Lesson(
    "depth",
    "Depth: a third block",
    """\
Each block of convolutions sees a larger part of the picture than the one before, so depth builds
parts from edges and objects from parts; small kernels stacked deep beat large ones in few layers
(Simonyan and Zisserman 2015). A third block also pools once more, so that the dense layer after it
gets fewer inputs and the net as a whole may have *fewer* parameters.""",
    (Pair("A third block", _ALL, Arm("cifar_deeper")),),
    shows_train=True,
)

_WIDTH = Lesson(
    "width",
    "Width: more filters",
    """\
More filters per layer can detect more patterns side by side, and wide nets are easy to optimise
(Zagoruyko and Komodakis 2016). The cost of a convolution grows with the product of its input and
output channels, so twice the width is about four times the arithmetic; without restraint one
expects more over-fitting too.""",
    (Pair("Twice the filters", _ALL, Arm("cifar_wider")),),
    shows_train=True,
)

_AUGMENT = Lesson(
    "augmentation",
    "Augmentation",
    """\
A cat moved by four pixels, or seen in a mirror, is still a cat. Showing each picture a little
changed in every epoch (Simard, Steinkraus and Platt 2003; Krizhevsky, Sutskever and Hinton 2012)
teaches the net that, and makes it harder to learn single pictures by heart. These two recipes also
differ in normalised inputs (which help gradient descent: LeCun et al. 1998) and in dropout before
the last layer, so what is measured is all of it together.""",
    (
        Pair(
            "Crops and flips, normalised pixels and dropout",
            Arm("cifar_resnet9_plain"),
            Arm("cifar_resnet9"),
        ),
    ),
    shows_train=True,
)

_RESIDUAL = Lesson(
    "residual",
    "More layers in a residual net",
    """\
A residual connection adds a block's input to its output, so the block learns only a correction and
gradients have a short way back (He et al. 2016). That makes it possible to stack more layers
without the training error going up. In as few epochs as here it is open whether more layers pay:
they also need more steps to be fitted.""",
    (
        Pair("More layers", Arm("cifar_resnet9"), Arm("cifar_resnet18")),
        Pair(
            "The real ResNet-18",
            Arm("cifar_resnet9"),
            Arm("cifar_resnet18", ("model.name=resnet18",)),
        ),
    ),
    shows_train=True,
)

_RECURRENT = Lesson(
    "recurrent",
    "Recurrent nets on pictures",
    """\
A recurrent net reads a picture as a sequence, here row by row from the top, and keeps what it saw
in a state of fixed size; all rows share the same weights. A plain recurrent cell loses early rows,
as gradients shrink or grow with every step back (Bengio, Simard and Frasconi 1994); the gates of
the LSTM (Hochreiter and Schmidhuber 1997) and of the GRU (Cho et al. 2014) protect the state. Over
only as many steps as a digit has rows, one expects the plain cell to be behind, but not lost.""",
    (
        Pair("An LSTM in place of the perceptron", _MLP, _LSTM),
        Pair("GRU cells in place of LSTM cells", _LSTM, Arm("mnist_rnn", ("model.cell=gru",))),
        Pair("Plain cells in place of LSTM cells", _LSTM, Arm("mnist_rnn", ("model.cell=rnn",))),
    ),
    shows_train=True,
)

_LONG = Lesson(
    "long",
    "Long training on augmented digits",
    """\
With rotation, shift and zoom no digit is ever seen twice in the same way, so a net can be trained
for very long before it over-fits (Cireşan et al. 2010). Label smoothing (Szegedy et al. 2016) stops
the loss from rewarding ever larger logits. The two recipes are different systems that share this
idea, so the comparison tells which system is better here, and nothing of single ingredients.""",
    (Pair("The 403k net's recipe", Arm("mnist_2m"), Arm("mnist_403k")),),
    shows_train=True,
)

_SPEED = Lesson(
    "speed",
    "Speed",
    """\
How little computing a given accuracy needs is a question of its own. What the public records teach
(Page 2018; Jordan 2024): a first layer that whitens small patches and is not trained, few layers
that are wide only where maps are small, a triangular schedule with a high peak, label smoothing,
and Muon, which makes the update of each weight matrix nearly orthogonal. The fast recipes train on
all of train, so they have no val; what is compared is test, and the time from the first step to the
last.""",
    (
        Pair("Our fast recipe for MNIST", Arm("mnist_cnn"), Arm("mnist_fast")),
        Pair("Our fast recipe for Fashion-MNIST", Arm("fashion_cnn"), Arm("fashion_fast")),
        Pair("Our fast recipe for CIFAR-10", Arm("cifar_resnet9"), Arm("cifar_record")),
    ),
    x="seconds",
)

LESSONS = (
    _LOSS, _DROP, _NORM, _DECAY, _DEPTH, _WIDTH, _AUGMENT, _RESIDUAL, _RECURRENT, _LONG, _SPEED,
)  # fmt: skip
