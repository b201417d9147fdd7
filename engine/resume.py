"""Between a live run and its `checkpoint.pt`: what is saved, and how a run takes it up again."""

from engine.checkpoint import Checkpoint, Progress, load_checkpoint, save_checkpoint
from engine.errors import CheckpointError, RunError
from engine.optim import lay_out_like_parameters
from engine.runs import RunFolder
from engine.setup import Setup


def save_state(folder: RunFolder, setup: Setup, progress: Progress) -> None:
    """Write the full state of a run into its folder.

    Raises:
        StorageError: the disk is full or read-only; the checkpoint before it is untouched.
    """
    checkpoint = Checkpoint(
        config_digest=setup.config.digest(),
        data_digest=setup.data.prepared.digest,
        progress=progress,
        model=setup.model.state_dict(),
        optimizer=setup.optimizer.state_dict(),
        ema=None if setup.ema is None else setup.ema.state_dict(),
    )
    save_checkpoint(checkpoint, folder["checkpoint.pt"])


def progress_from(folder: RunFolder, setup: Setup) -> Progress:
    """Load the folder's checkpoint into the model and optimizer, and return its progress.

    A run that was killed before its first checkpoint begins again.

    Raises:
        CheckpointError: the checkpoint is cut, foreign, or does not fit the model.
        RunError: the pictures are not those that the run began with.
    """
    path = folder["checkpoint.pt"]
    if not path.exists():
        return Progress(base_lr=setup.config.optimizer.lr)
    checkpoint = load_checkpoint(path, setup.config.digest())
    if checkpoint.data_digest != setup.data.prepared.digest:
        raise RunError(
            f"the pictures of '{setup.config.dataset}' changed since run '{folder.id}' began; "
            "put them back, or start a new run."
        )
    try:
        setup.model.load_state_dict(checkpoint.model)
        setup.optimizer.load_state_dict(checkpoint.optimizer)
        lay_out_like_parameters(setup.optimizer)
        if setup.ema is not None and checkpoint.ema is not None:
            setup.ema.load_state_dict(checkpoint.ema)
    except (RuntimeError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise CheckpointError(
            f"checkpoint {path} does not fit the run's model: {reason} "
            "Restore the file, or start a new run."
        ) from None
    return checkpoint.progress
