from pathlib import Path

from bench.study import Study
from bench.tuning_events import StageBegan, TrialEnded, TrialPutBack, TuningEvent, WorkerEnded
from tests.tui.tuning.made_up import (
    START,
    began,
    confirmed,
    ended,
    incidents,
    opened,
    record,
    searched,
)
from tui.tuning.lines import line
from tui.tuning.session import Session

_GOLDEN = Path(__file__).with_name("lines.txt")


def told(study: Study, *events: TuningEvent, session: Session | None = None) -> list[str]:
    session = session or Session(study)
    texts = []
    for event in events:
        session.fold(event)
        texts.append(line(event, session))
    return [text for text in texts if text is not None]


def test_each_trial_that_ended_and_each_incident_is_a_line(study: Study) -> None:
    lines = told(study, *searched(), *incidents(), *confirmed(), ended())

    assert "\n".join(lines) + "\n" == _GOLDEN.read_text(encoding="utf-8")


def test_the_figures_of_different_trials_stand_below_each_other(study: Study) -> None:
    lines = [text for text in told(study, *searched(500, 16)) if "  val " in text]

    assert len(lines) > 400
    for part in (" val ", " best ", " %  best", " s  "):
        assert len({text.index(part) for text in lines}) == 1


def test_a_stopped_search_says_how_to_go_on(study: Study) -> None:
    events = [*searched(4), ended(status="stopped", reason="interrupted", finished=4, causes={})]

    end = told(study, *events)[-1]

    assert end == (
        "study     made_up@0123abcd  stopped: interrupted  4 of 12 configurations  2 m 30 s\n"
        "trials    4 complete\n"
        "best      val 92.71 %  trial 1  lr=0.152 batch_norm=true\n"
        "next      `dli tune` with the same options continues"
    )


def test_a_search_that_failed_and_one_to_confirm_say_what_to_do(study: Study) -> None:
    failed = told(study, opened(1), ended(status="failed", reason="no trial ended", finished=1))
    to_confirm = told(study, *searched(4), ended(to_confirm=6))

    assert "failed: no trial ended  1 of 12 configurations" in failed[-1]
    assert "mend the cause" in failed[-1]
    assert "\nconfirmed 6 trainings to do\n" in to_confirm[-1]
    assert "`dli tune --confirm-only`" in to_confirm[-1]


def test_what_had_ended_in_other_calls_is_told_as_earlier(study: Study) -> None:
    events = [opened(finished=7), StageBegan(START, "search", 5, 7), ended(causes={})]

    assert "\ntrials    12 earlier\n" in told(study, *events)[-1]


def test_a_best_beside_unknown_trials_is_said_to_be_of_this_call(study: Study) -> None:
    trial = TrialEnded(START, "search", 3, record(3), False, 8, 12)

    end = told(study, opened(finished=7), trial, ended(causes={}))[-1]

    assert "\nbest      val 79.50 %  trial 3  (of this call)  lr=0.00606" in end


def test_a_value_that_is_no_number_is_a_dash(study: Study) -> None:
    trial = record(3, value=None, seconds=float("nan"))

    text = told(study, opened(), TrialEnded(START, "search", 3, trial, False, 1, 12))[-1]

    assert "complete  val        –  best        –" in text


def test_no_message_or_name_can_break_a_line_or_the_terminal(study: Study) -> None:
    trial = record(3, state="failed", cause="Error\x1b[2J", message="a\r\nb\x07" + "c" * 1000)
    events = [
        opened(),
        TrialEnded(START, "search", 3, trial, False, 1, 12),
        TrialPutBack(START, "search", 3, "stop\nped"),
    ]

    text = "\n".join(told(study, *events))

    assert text.replace("\n", "").isprintable()
    assert text.count("\n") == 2
    assert "c…  lr=" in text


def test_a_worker_that_ends_says_how_and_where_its_log_is(study: Study) -> None:
    deaths = [WorkerEnded(START, 1, code, "w.log") for code in (3, -9, -1000)]

    assert told(study, *deaths) == [
        "worker 1 ended with exit code 3; its log: w.log",
        "worker 1 was killed by SIGKILL; its log: w.log",
        "worker 1 was killed by signal 1000; its log: w.log",
    ]


def test_a_trial_that_nobody_saw_begin_is_put_back_by_its_number(study: Study) -> None:
    assert told(study, TrialPutBack(START, "search", 4, "stopped")) == [
        "trial 4 is put back: stopped"
    ]
    assert told(study, began(4, START)) == []
