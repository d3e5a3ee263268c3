"""The book, and the pages that its site must have, read from the sources and not from what was built."""

from publishing.book import Book

BOOK = Book()
CONTENT = [f"{page.document}.html" for page in BOOK.pages]
SOLUTIONS = [f"{chapter.document}-solutions.html" for chapter in BOOK.chapters]
PAGES = [*CONTENT, *SOLUTIONS, "search.html", "404.html"]
