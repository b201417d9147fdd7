import pytest

from bench.study import Study
from tests.tui.tuning.made_up import make_study


@pytest.fixture(scope="session")
def study() -> Study:
    return make_study()
