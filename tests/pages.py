"""The book, and the pages that its site must have, read from the sources and not from what was built."""

from publishing.book import Book
from publishing.figures import names

BOOK = Book()
CONTENT = [f"{page.document}.html" for page in BOOK.pages]
SOLUTIONS = [f"{chapter.document}-solutions.html" for chapter in BOOK.chapters]
FIGURES = [f"figures/{name}.html" for name in names()]
PAGES = [*CONTENT, *SOLUTIONS, "search.html", "404.html"]
