import pytest

from scheduler.store import open_store


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{(tmp_path / 'deep' / 'shop.sqlite').as_posix()}"


@pytest.fixture
def store(url):
    with open_store(url) as opened:
        yield opened
