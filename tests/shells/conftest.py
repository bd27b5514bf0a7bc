from pathlib import Path

import pytest

from .profiles import CONFIG, CREDENTIALS
from .shells import TABLE, Home, Shell


@pytest.fixture(params=TABLE)
def shell(request: pytest.FixtureRequest) -> Shell:
    """Each of the four shells in turn; a test names its own with indirect parameters."""
    found: Shell = TABLE[request.param]
    found.find()
    return found


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path)
    made.write(CONFIG, CREDENTIALS)
    return made
