"""The font of the formulas has what the pages need."""

import unicodedata

import pytest
from bs4 import BeautifulSoup
from fontTools.pens.boundsPen import BoundsPen
from fontTools.ttLib import TTFont
from pages import PAGES

from publishing.font import ACCENTS, CHARACTERS, CLOSING, FONT, OPENING, make

# What a browser draws for the only letter of an <mi>: <mi>x</mi> is an italic x.
ITALIC = {
    chr(int(unicodedata.decomposition(chr(letter)).split()[1], 16)): chr(letter)
    for letter in [
        *range(0x1D434, 0x1D455),
        *range(0x1D456, 0x1D468),
        *range(0x1D6A4, 0x1D6A6),
        *range(0x1D6E2, 0x1D71C),
    ]
} | {"h": "ℎ"}
ADVICE = (
    "the font of the formulas lacks them: add them to CHARACTERS in publishing/font.py and run "
    "`python -m publishing.font SOURCE.otf`, whose source is named there"
)


def drawn(math):
    """Characters that a browser draws for a ``math`` element."""
    characters = set()
    for token in math.find_all(["mi", "mo", "mn", "mtext"]):
        text = token.get_text()
        if token.name == "mi" and token.get("mathvariant") != "normal" and len(text) == 1:
            text = ITALIC.get(text, text)
        characters |= set(text)
    # Operators that are not seen and selectors of a variant of the letter before them have no shape.
    return {c for c in characters if unicodedata.category(c) != "Cf" and not "\ufe00" <= c <= "\ufe0f"}


@pytest.fixture(scope="module")
def font():
    return TTFont(FONT)


def test_a_letter_alone_is_drawn_in_italics_and_a_word_is_not():
    math = BeautifulSoup(
        '<math><mi>h</mi><mi>σ</mi><mi mathvariant="normal">Σ</mi><mi>tr</mi><mi>𝒮\ufe00</mi><mo>∂</mo></math>',
        "html.parser",
    )
    assert drawn(math) == set("ℎ𝜎Σtr𝒮∂")


def test_the_font_has_every_character_of_the_formulas(site, font):
    known = font.getBestCmap().keys()
    formulas = 0
    missing = {}
    for name in PAGES:
        for math in BeautifulSoup((site / name).read_text(encoding="utf-8"), "html.parser").find_all("math"):
            formulas += 1
            for character in drawn(math):
                if ord(character) not in known:
                    missing.setdefault(f"{character} (U+{ord(character):04X})", f"{name}: {math.get('data-tex')}")
    assert formulas > 1000
    assert missing == {}, ADVICE


def test_the_font_is_the_one_that_the_script_makes_and_is_light(font):
    known = font.getBestCmap().keys()
    # Mathematical alphabets have holes, where Unicode had the letter before.
    assert known == {ord(character) for character in CHARACTERS if unicodedata.category(character) != "Cn"}
    assert FONT.stat().st_size <= 61_000
    assert "GUST Font License" in FONT.with_suffix(".LICENSE.txt").read_text(encoding="utf-8")


def test_fences_and_roots_grow_to_any_height(font):
    glyphs = font.getBestCmap()
    variants = font["MATH"].table.MathVariants
    forms = dict(zip(variants.VertGlyphCoverage.glyphs, variants.VertGlyphConstruction, strict=True))
    for fence in "()[]{}‖|√⌊⌉":
        form = forms[glyphs[ord(fence)]]
        assert form.GlyphAssembly and form.VariantCount > 2, fence
    for brace in "⏞⏟":
        assert glyphs[ord(brace)] in variants.HorizGlyphCoverage.glyphs


def test_the_font_suits_browsers(font):
    def bounds(glyph):
        pen = BoundsPen(None)
        font.getGlyphSet()[glyph].draw(pen)
        return pen.bounds

    glyphs = font.getBestCmap()
    for accent in ACCENTS:
        glyph = glyphs[ord(accent)]
        left, lowest, right, _ = bounds(glyph)
        assert (left, lowest, right) == (0, 0, font["hmtx"][glyph][0]), accent
    # A prime that is drawn as a superscript begins near its baseline.
    assert bounds(glyphs[ord("′")])[1] < 150
    variants = font["MATH"].table.MathVariants
    forms = dict(zip(variants.VertGlyphCoverage.glyphs, variants.VertGlyphConstruction, strict=True))
    for fence in OPENING + CLOSING:
        for record in forms[glyphs[ord(fence)]].MathGlyphVariantRecord[1:]:
            left, _, right, _ = bounds(record.VariantGlyph)
            outside = left if fence in OPENING else font["hmtx"][record.VariantGlyph][0] - right
            assert outside <= 103, fence


def test_another_source_is_refused(tmp_path):
    (tmp_path / "other.otf").write_bytes(b"another font")
    with pytest.raises(ValueError, match="SHA-256"):
        make(tmp_path / "other.otf")
