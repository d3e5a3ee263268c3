"""Make the font that draws the formulas: ``python -m publishing.font SOURCE.otf``.

SOURCE.otf is Latin Modern Math 1.959, in Debian's package fonts-lmodern 2.005-1 the file
``/usr/share/texmf/fonts/opentype/public/lm-math/latinmodern-math.otf``. The site serves the part of it
that `CHARACTERS` names, under a name of its own, as the licence asks for a font that was changed.
"""

import argparse
import hashlib
from pathlib import Path

from fontTools import subset
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parent.parent
FONT = ROOT / "book" / "_static" / "fonts" / "svd-book-math.woff2"
NAME = "SVD Book Math"
SOURCE_SHA256 = "6075562b771f8b82f0c179e363389684f2dd09de30038269e2628e504bd7be0f"

# More than the book has today, so that a new chapter seldom needs the font made anew.
CHARACTERS = "".join(
    [
        # Numbers, and words such as "rank" and "with the SVD".
        *map(chr, range(0x20, 0x7F)),
        "\N{NO-BREAK SPACE}§°±·×÷–—‘’“”…",
        # A browser draws <mi>x</mi> with the italic letter of the mathematical alphabets, which begin here.
        "ΓΔΘΛΞΠΣΥΦΨΩμℎℓℏℜℑ∂∇∞∅",
        # Bold and italic; script, double-struck and the letters that Unicode had before; Greek; bold digits.
        *map(chr, range(0x1D400, 0x1D468)),
        *map(chr, range(0x1D49C, 0x1D4B6)),
        *map(chr, range(0x1D538, 0x1D551)),
        "ℬℰℱℋℐℒℳℛℂℍℕℙℚℝℤ𝟘𝟙",
        *map(chr, [0x1D6A4, 0x1D6A5, *range(0x1D6E2, 0x1D71C)]),
        *map(chr, range(0x1D7CE, 0x1D7D8)),
        # Operators and relations.
        "−∓∗∘∙⋅⋆∧∨∩∪∖⊕⊖⊗⊙†‡¬∀∃∴∠√∑∏∐∫∬∮⋀⋁⋂⋃⨁⨂",
        "≠≤≥⩽⩾≪≫≲≳≈≃≅≡∼∝≺≻⪯⪰∈∉∋⊂⊆⊃⊇⊊⊥⟂⊤∥∦∣∤⊢⊨≔≜△□■✓⋯⋮⋱⋰",
        "←→↔↦↑↓↗↘⇐⇒⇔⟵⟶⟷⟸⟹⟺⟼↪",
        # Fences, accents, primes, and operators that are not seen.
        "⟨⟩⌊⌋⌈⌉‖⏞⏟¯´˘˙¨ˆˇ˜\u0302\u0304\u0305\u030c\u0332\u20d7′″‴\u2061\u2062\u2063",
    ]
)
ACCENTS = "`¯´˘˙¨ˆˇ˜\u0302\u0304\u030c\u20d7"
OPENING, CLOSING = "([{⟨⌊⌈√", ")]}⟩⌋⌉"
# In thousandths of the font's size; TeX's large fences have up to 320.
LARGEST_BEARING = 100


def bounds(font, glyph):
    """Left, lowest, right and highest coordinate of what a glyph draws, in font units."""
    pen = BoundsPen(None)
    font.getGlyphSet()[glyph].draw(pen)
    return pen.bounds


def redraw(font, glyph, *, like=None, right=0, up=0, advance=None):
    """Let a glyph look like another one (by default like itself), moved, and so many units wide."""
    like = like or glyph
    advance = font["hmtx"][like][0] if advance is None else advance
    characters = font["CFF "].cff.topDictIndex[0].CharStrings
    private = characters[glyph].private
    pen = T2CharStringPen(advance - private.nominalWidthX, None)
    font.getGlyphSet()[like].draw(TransformPen(pen, (1, 0, 0, 1, right, up)))
    characters[glyph] = pen.getCharString(private, characters[glyph].globalSubrs)
    font["hmtx"][glyph] = (advance, bounds(font, glyph)[0])


def enlarge_primes(font):
    """Chromium and WebKit do not look for the large, low prime that is meant for superscripts."""
    glyphs = font.getBestCmap()
    for prime in "′″‴":
        redraw(font, glyphs[ord(prime)], like=f"{glyphs[ord(prime)]}.st")


def lower_accents(font):
    """WebKit sets the baseline of an accent on top of its letter; Chromium centres its width, which may be 0."""
    glyphs = font.getBestCmap()
    middles = {}
    for accent in ACCENTS:
        glyph = glyphs[ord(accent)]
        left, lowest, right, _ = bounds(font, glyph)
        redraw(font, glyph, right=-left, up=-lowest, advance=right - left)
        middles[glyph] = (right - left) // 2
    attachments = font["MATH"].table.MathGlyphInfo.MathTopAccentAttachment
    for glyph, place in zip(attachments.TopAccentCoverage.glyphs, attachments.TopAccentAttachment, strict=True):
        place.Value = middles.get(glyph, place.Value)


def narrow_fences(font):
    r"""Chromium makes a fence as wide as its largest form: what stands in \bigl( and \bigr) would be far from both."""
    glyphs = font.getBestCmap()
    variants = font["MATH"].table.MathVariants
    forms = dict(zip(variants.VertGlyphCoverage.glyphs, variants.VertGlyphConstruction, strict=True))
    narrowed = set()
    for fence in OPENING + CLOSING:
        form = forms[glyphs[ord(fence)]]
        # The form that stands in the text stays as it is; the parts of the largest one move together.
        sizes = [{record.VariantGlyph} for record in form.MathGlyphVariantRecord[1:]]
        parts = [{record.glyph for record in form.GlyphAssembly.PartRecords}] if form.GlyphAssembly else []
        for together in sizes + parts:
            boxes = [(font["hmtx"][glyph][0], *bounds(font, glyph)) for glyph in together]
            outside = min(left if fence in OPENING else advance - right for advance, left, _, right, _ in boxes)
            excess = max(0, outside - LARGEST_BEARING)
            for glyph in together - narrowed:
                left = excess if fence in OPENING else 0
                redraw(font, glyph, right=-left, advance=font["hmtx"][glyph][0] - excess)
            narrowed |= together


def make(source):
    """Make the font of the site from the file of Latin Modern Math.

    Parameters
    ----------
    source : pathlib.Path

    Returns
    -------
    fontTools.ttLib.TTFont

    Raises
    ------
    ValueError
        If the file is another one, or another version of it.
    """
    found = hashlib.sha256(source.read_bytes()).hexdigest()
    if found != SOURCE_SHA256:
        raise ValueError(f"{source} has the SHA-256 {found}, and Latin Modern Math 1.959 has {SOURCE_SHA256}")
    font = TTFont(source, recalcTimestamp=False)
    # Browsers read less of a font than TeX does. No glyph changes its shape.
    enlarge_primes(font)
    lower_accents(font)
    narrow_fences(font)
    options = subset.Options(
        # Sizes of fences and roots come by the table MATH, which stays. GDEF stays too: without it accents
        # would count as marks, which have no width.
        layout_features=[],
        bidi_closure=False,
        hinting=False,
        desubroutinize=True,
        notdef_outline=True,
        name_IDs=[0, 1, 2, 3, 4, 5, 6],
    )
    options.drop_tables += ["FFTM", "GPOS", "GSUB"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=CHARACTERS)
    subsetter.subset(font)
    changed = "Part of Latin Modern Math 1.959, changed: see svd-book-math.LICENSE.txt."
    for number, text in {1: NAME, 3: f"{NAME} 1", 4: NAME, 6: "SVDBookMath", 10: changed}.items():
        font["name"].setName(text, number, 3, 1, 0x409)
    font["CFF "].cff.fontNames = ["SVDBookMath"]
    font.flavor = "woff2"
    return font


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Make the font that draws the formulas.")
    parser.add_argument("source", type=Path, help="latinmodern-math.otf of Debian's package fonts-lmodern")
    make(parser.parse_args(arguments).source).save(FONT)
    print(f"{FONT.relative_to(ROOT)}: {FONT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
