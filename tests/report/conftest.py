"""One small subject for all tests of the report."""

from __future__ import annotations

import pytest

from fabdesign.report import Report, Subject, make_report, pictures
from tests.report.subjects import make_subject


@pytest.fixture(scope="session")
def subject(tmp_path_factory: pytest.TempPathFactory) -> Subject:
    return make_subject(tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="session")
def report(subject: Subject) -> Report:
    return make_report(subject)


@pytest.fixture
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the pixels of pictures out, which take longest, where only words count."""
    monkeypatch.setattr(pictures, "_uri", lambda *_: "data:,")
