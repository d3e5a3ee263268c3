"""How long a chapter takes, by one rule for all chapters.

The speeds are those of careful reading with a pencil, not of skimming. An exercise takes what its stars say.
"""

import re
from dataclasses import dataclass

WORDS_A_MINUTE = 140
SECONDS_OF_A_FORMULA = 4
SECONDS_OF_A_DISPLAY = 30
SECONDS_OF_A_LINE_OF_CODE = 6
SECONDS_OF_A_FIGURE = 60
MINUTES_OF_AN_EXERCISE = {1: 12, 2: 30, 3: 50}
SECOND_READING = "Second reading: "


@dataclass(frozen=True)
class Times:
    """Minutes for the core and for the second reading, rounded to 5, and whole hours for the exercises."""

    core: int
    second: int
    exercises: int

    def __str__(self):
        second = f", the second reading {self.second}" if self.second else ""
        return f"The core takes about {self.core} minutes{second}, the exercises about {self.exercises} hours."


def times(chapter):
    """Times of a chapter.

    Parameters
    ----------
    chapter : publishing.book.Chapter

    Returns
    -------
    Times
        Folded code, solutions and hidden checks do not count: one reads the chapter without them.
    """
    seconds = {"core": 0.0, "second": 0.0}
    part = "core"
    drawn = {figure.cell for figure in chapter.figures}
    for position, cell in enumerate(chapter.cells):
        if cell.cell_type == "code":
            if part in seconds:
                seconds[part] += _seconds_of_code(cell) + SECONDS_OF_A_FIGURE * (position in drawn)
            continue
        for section in re.split(r"^(?=## )", cell.source, flags=re.M):
            if section.startswith("## "):
                part = "second" if section.startswith(f"## {SECOND_READING}") else "core"
            if section.startswith("## Exercises"):
                part = "exercises"
            if part in seconds:
                seconds[part] += _seconds_of_text(section)
    stars = [len(re.match("★*", exercise.box.title)[0]) for exercise in chapter.exercises]
    minutes = sum(MINUTES_OF_AN_EXERCISE.get(count, 0) for count in stars)
    return Times(*(5 * round(seconds[part] / 300) for part in ("core", "second")), round(minutes / 60))


def _seconds_of_text(text):
    displays = re.findall(r"\$\$.*?\$\$", text, re.S)
    text = re.sub(r"\$\$.*?\$\$", " ", text, flags=re.S)
    formulas = re.findall(r"\$[^$]+\$", text)
    words = re.findall(r"[^\W\d_]{2,}", re.sub(r"\$[^$]+\$|`[^`]+`|\]\([^)]*\)|^:\w+:.*$", " ", text, flags=re.M))
    return (
        60 * len(words) / WORDS_A_MINUTE + SECONDS_OF_A_FORMULA * len(formulas) + SECONDS_OF_A_DISPLAY * len(displays)
    )


def _seconds_of_code(cell):
    if set(cell.metadata.get("tags", [])) & {"hide-input", "hide-cell", "remove-input", "remove-cell"}:
        return 0
    return SECONDS_OF_A_LINE_OF_CODE * sum(bool(line.strip()) for line in cell.source.splitlines())
