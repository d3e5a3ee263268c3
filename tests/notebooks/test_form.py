"""Every page of the book has the form that publishing/book.py describes."""

import pytest
from pages import BOOK


@pytest.mark.parametrize("page", BOOK.pages, ids=str)
def test_a_page_has_its_form(page):
    assert list(BOOK.problems_of(page)) == []


def test_every_notebook_stands_in_the_table_of_contents():
    assert [problem for problem in BOOK.problems() if "table of contents" in problem] == []
