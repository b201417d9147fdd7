"""One synthetic study and its report, shared by the tests."""

import pytest

from bench.records import StudyRecord
from bench.report.build import build
from bench.report.types import Report
from engine.work import finish
from tests.bench.report.synthetic import synthetic_study


@pytest.fixture(scope="session")
def study() -> StudyRecord:
    """Return the fixed study."""
    return synthetic_study()


@pytest.fixture(scope="session")
def report(study: StudyRecord) -> Report:
    """Return its report."""
    return finish(build(study))
