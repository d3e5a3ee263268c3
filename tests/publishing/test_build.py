"""A site that was built shows its sources, whatever was edited, removed, broken off or copied in between."""

import os
import shutil

import pytest

from publishing import build as building

CONF = "extensions = []\nroot_doc = 'book/first'\nnumfig = True\nhtml_theme = 'basic'\n"
FIRST = """First things
============

.. toctree::

   second
   third
"""
FIGURE = "\n.. _{}:\n\n.. figure:: dot.png\n\n   A dot.\n"
SECOND = "Second things\n=============\n\n*Old words.*\n" + FIGURE.format("fig-dot")
# Sphinx writes the page with the list of contents each time; this one only if it is told to.
THIRD = "Third things\n============\n\nSee :numref:`fig-dot`, and :doc:`second`.\n"
FILES = {
    "_config.yml": "title: A book\n",
    "_toc.yml": "root: book/first\n",
    "pyproject.toml": "",
    "requirements.txt": "",
    "book/first.rst": FIRST,
    "book/second.rst": SECOND,
    "book/third.rst": THIRD,
    "book/dot.png": "no picture, but nobody looks",
    "data/numbers.csv": "1",
    "publishing/markup.py": "",
}


@pytest.fixture
def book(tmp_path, monkeypatch):
    """Folder of a small book for plain Sphinx, of which nothing is built."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(building, "write_configuration", lambda root: bool((root / "conf.py").write_text(CONF)))
    return tmp_path


@pytest.fixture
def runs(monkeypatch):
    """What Sphinx found of an earlier build each time that it ran."""
    found, run = [], building.run_sphinx

    def run_sphinx(root):
        found.append((root / "_build" / ".doctrees").exists())
        return run(root)

    monkeypatch.setattr(building, "run_sphinx", run_sphinx)
    return found


AFRESH, UPDATE = [False], [True]


def page(book, name):
    return (book / "_build" / "html" / "book" / f"{name}.html").read_text()


def test_nothing_is_done_if_nothing_has_changed(book, runs):
    assert building.build(book) and runs == AFRESH
    before = page(book, "first")
    # A touch is no change, nor is a file that belongs to an editor.
    (book / "book" / "first.rst").touch()
    (book / "book" / ".ipynb_checkpoints").mkdir()
    (book / "book" / ".ipynb_checkpoints" / "first-checkpoint.rst").write_text("old")
    assert building.build(book) and runs == AFRESH
    assert page(book, "first") == before


def test_after_an_edit_that_no_other_page_shows_the_other_pages_are_not_written(book, runs):
    building.build(book)
    for name in ("second", "third"):
        with open(book / "_build" / "html" / "book" / f"{name}.html", "a", encoding="utf-8") as file:
            file.write("not written again")
    (book / "book" / "second.rst").write_text(SECOND.replace("Old words", "New words"))
    assert building.build(book) and runs == AFRESH + UPDATE
    assert [name for name in ("second", "third") if "not written again" in page(book, name)] == ["third"]
    assert "New words" in page(book, "second")


@pytest.mark.parametrize(
    "change, seen",
    [
        (SECOND.replace("Second things", "Other things"), "Other things"),
        (SECOND.replace("*Old", FIGURE.format("fig-other").lstrip() + "\n*Old"), "Fig. 2"),
    ],
    ids=["title", "number"],
)
def test_a_page_that_shows_what_stands_on_another_follows_it(book, runs, change, seen):
    building.build(book)
    assert seen not in page(book, "third")
    (book / "book" / "second.rst").write_text(change)
    assert building.build(book) and runs == AFRESH + UPDATE
    assert seen in page(book, "third")


def test_a_reference_to_what_an_edit_has_removed_fails_the_build_as_it_does_afresh(book, capsys):
    building.build(book)
    (book / "book" / "second.rst").write_text(SECOND.replace("fig-dot", "fig-renamed"))
    assert not building.build(book)
    assert "fig-dot" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["book/my fourth.rst", None], ids=["renamed", "deleted"])
def test_a_page_that_is_gone_is_gone_from_the_site(book, name):
    fourth = book / "book" / "fourth.rst"
    fourth.write_text(":orphan:\n\nFourth\n======\n")
    building.build(book)
    assert "Fourth" in page(book, "fourth")
    if name:
        fourth.rename(book / name)
    else:
        fourth.unlink()
    assert building.build(book)
    stems = {path.stem for path in (book / "_build" / "html" / "book").iterdir()}
    assert stems == {"first", "second", "third"} | ({"my fourth"} if name else set())


@pytest.mark.parametrize(
    "name",
    [
        *("_config.yml", "_toc.yml", "pyproject.toml", "requirements.txt", "publishing/markup.py"),
        *("book/_static/book.css", "book/_templates/new/deep/brand.html"),
    ],
)
def test_all_pages_are_built_afresh_with_another_frame(book, runs, name):
    building.build(book)
    (book / name).parent.mkdir(parents=True, exist_ok=True)
    with open(book / name, "a", encoding="utf-8") as file:
        file.write("# changed\n")
    assert building.build(book) and runs == AFRESH + AFRESH


def test_what_sphinx_reads_is_what_people_edit(book, runs):
    building.build(book)
    (book / "conf.py").write_text(CONF.replace("numfig = True", ""))
    assert building.build(book) and runs == AFRESH + UPDATE
    assert (book / "conf.py").read_text() == CONF


@pytest.mark.parametrize("name", ["data/numbers.csv", "data/more/new.csv", "book/_static/new.js", "book/dot.png"])
def test_other_files_of_the_site_are_seen_too(book, runs, name):
    building.build(book)
    (book / name).parent.mkdir(parents=True, exist_ok=True)
    (book / name).write_text("changed")
    assert building.build(book) and runs == AFRESH + UPDATE


def test_a_page_that_was_copied_with_an_old_time_is_seen(book):
    building.build(book)
    (book / "book" / "second.rst").write_text(SECOND.replace("Old words", "New words"))
    os.utime(book / "book" / "second.rst", (1_000_000_000, 1_000_000_000))
    assert building.build(book)
    assert "New words" in page(book, "second")


def test_a_build_that_fails_is_called_built_by_no_later_one(book, runs, capsys):
    building.build(book)
    (book / "book" / "second.rst").write_text(SECOND + "\n:numref:`fig-nowhere`\n")
    assert not building.build(book) and not building.build(book)
    assert "fig-nowhere" in capsys.readouterr().err
    assert runs == AFRESH + UPDATE + AFRESH
    (book / "book" / "second.rst").write_text(SECOND)
    assert building.build(book)


def test_a_build_that_is_broken_off_begins_afresh(book, runs, monkeypatch, capsys):
    run = building.run_sphinx

    def broken_off(root):
        (root / "_build" / ".doctrees").mkdir(parents=True)
        (root / "conf.py").write_text("half of")
        raise KeyboardInterrupt

    monkeypatch.setattr(building, "ROOT", book)
    monkeypatch.setattr(building.build, "__defaults__", (book,))
    monkeypatch.setattr(building, "run_sphinx", broken_off)
    assert "Broken off" in building.main()
    monkeypatch.setattr(building, "run_sphinx", run)
    assert building.main() == 0
    assert runs == AFRESH
    assert "First things" in page(book, "first")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda book: shutil.rmtree(book / "_build" / "html"),
        lambda book: shutil.rmtree(book / "_build" / ".doctrees"),
        lambda book: (book / "_build" / "built.json").write_text('{"begun"'),
    ],
    ids=["site", "doctrees", "record"],
)
def test_a_site_of_which_something_is_gone_is_built_afresh(book, spoil):
    building.build(book)
    spoil(book)
    assert building.build(book)
    assert "First things" in page(book, "first")


def test_a_book_that_was_moved_is_built_afresh(book, runs, tmp_path):
    building.build(book)
    moved = shutil.copytree(book, tmp_path / "moved here")
    assert building.build(moved) and runs == AFRESH + AFRESH


def test_a_configuration_that_cannot_be_used_is_said(tmp_path, capsys):
    (tmp_path / "_config.yml").write_text("title: [\n")
    assert not building.build(tmp_path)
    assert "line 2" in capsys.readouterr().err


def test_a_full_disk_is_said_in_a_sentence(book, monkeypatch):
    def full(root):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(building.build, "__defaults__", (book,))
    monkeypatch.setattr(building, "run_sphinx", full)
    assert building.main() == "The book is not built: [Errno 28] No space left on device"
