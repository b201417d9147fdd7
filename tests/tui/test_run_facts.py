import json
from collections.abc import Callable

import pytest

from engine.config import RunConfig
from engine.runs import RunFolder
from tui.run_facts import Block, blocks_of
from tui.sources import RunSource, RunView

RecordRun = Callable[..., RunFolder]


def view_of(folder: RunFolder) -> RunView:
    source = RunSource(folder)
    while source.read():
        pass
    return source.view()


def facts(folder: RunFolder, title: str, only_changed: bool = False) -> dict[str, str]:
    blocks = blocks_of(view_of(folder), only_changed)
    (block,) = [block for block in blocks if block.title.startswith(title)]
    return {fact.label: fact.text for fact in block.facts}


def test_commands_are_those_that_work_for_the_run(record_run: RecordRun) -> None:
    done, cut = record_run(), record_run(epochs=3)
    cut["checkpoint.pt"].write_bytes(b"")

    assert set(facts(done, "Commands")) == {"repeat it", "report"}
    assert facts(cut, "Commands")["go on"] == f"dli train --resume {cut.id}"
    with cut.lock():
        assert facts(cut, "Commands")["watch it"] == f"dli watch {cut.id}"


def test_a_fork_tells_whose_weights_it_began_with(record_run: RecordRun) -> None:
    folder = record_run()
    fork = {"parent": "the-parent", "path": "/runs/the-parent", "source": "checkpoint.pt",
            "epoch": 3, "step": 70, "config_digest": "x"}  # fmt: skip
    folder["fork.json"].write_text(json.dumps(fork))
    assert facts(folder, "Run")["fork of"] == "the-parent, its checkpoint.pt at epoch 3, step 70"

    folder["fork.json"].write_text("{")
    assert "is damaged" in facts(folder, "Run")["fork of"]


def test_changed_settings_know_their_default(record_run: RecordRun) -> None:
    folder = record_run(RunConfig(seed=7))

    blocks = blocks_of(view_of(folder), only_changed=True)

    (seed,) = [fact for block in blocks for fact in block.facts if fact.label == "seed"]
    assert (seed.text, seed.usual) == ("7", "0")
    assert not [block for block in blocks if block.title == "Settings: augment"]


@pytest.mark.parametrize("text", ["", "[]", '{"versions": 3}', '{"host": "a"}'])
def test_a_damaged_environment_is_said_to_be_unknown(record_run: RecordRun, text: str) -> None:
    folder = record_run()
    folder["environment.json"].write_text(text)

    assert "not known" in facts(folder, "Machine")["machine"]


def test_machine_versions_data_and_files_are_told(record_run: RecordRun) -> None:
    folder = record_run()
    folder["environment.json"].write_text(
        json.dumps(
            {
                "versions": {"torch": "2.13", "optuna": "missing"},
                "host": "box",
                "reasons": ["because of this."],
                "command": ["dli", "train", "a b"],
            }
        )
    )

    assert facts(folder, "Machine") == {
        "host": "box", "because": "because of this.", "begun by": "dli train 'a b'",
    }  # fmt: skip
    assert facts(folder, "Versions") == {"torch": "2.13"}
    assert facts(folder, "Data")["digest"] == "abc"
    files = facts(folder, "Files")
    assert next(iter(files)) in ("events.jsonl", "split.npz")
    assert "every figure, line by line" in files["events.jsonl"]


def test_a_run_that_has_said_nothing_has_blocks_all_the_same(record_run: RecordRun) -> None:
    folder = record_run(epochs=0)
    folder["events.jsonl"].unlink()

    blocks = blocks_of(view_of(folder), only_changed=False)

    assert [block.title for block in blocks][:2] == ["Commands", "Run"]
    assert all(isinstance(block, Block) and block.facts for block in blocks)
