"""The colours hold their contrast, light and dark: 4.5 for text, 3 for outlines and marks (WCAG 2)."""

import math
import re

import pytest

from app.web.assets import STATIC

TOKENS = (STATIC / "css" / "tokens.css").read_text(encoding="utf-8")
WASHES = [f"{name}-wash" for name in ("bleu", "encre", "reseda", "laiton", "minium", "carmin", "ardoise")]
TONES = ["bleu", "encre", "reseda", "laiton", "minium", "carmin", "ardoise"]
TEXT = [
    *[(ink, surface) for ink in ("ink", "ink-2", "ink-3") for surface in ("sheet", "ground", "sunken")],
    *[(ink, wash) for ink in ("ink", "ink-2") for wash in WASHES],
    *[("ink-3", wash) for wash in ("bleu-wash", "carmin-wash", "laiton-wash", "encre-wash", "reseda-wash")],
    *[(tone, surface) for tone in TONES for surface in ("sheet", "ground", f"{tone}-wash")],
    *[(tone, wash) for tone in ("reseda", "laiton", "carmin") for wash in ("bleu-wash", "encre-wash")],
    ("bleu-deep", "bleu-wash"), ("on-bleu", "bleu"), ("on-bleu", "bleu-deep"),
    ("on-tablier", "tablier"), ("on-tablier-2", "tablier"), ("sheet", "ink"),
]  # fmt: skip
MARKS = [
    ("edge", "sheet"), ("edge", "ground"), ("edge", "sunken"), ("focus", "sheet"), ("focus", "ground"),
    ("bleu", "sunken"), ("reseda", "sunken"), ("minium", "sunken"), ("encre", "sunken"),
]  # fmt: skip
NUMBERS = r"oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)"


def _oklch(name, mode):
    """Lightness, chroma and hue of a token; `light-dark()` holds one of each."""
    declared = re.search(rf"--{name}:\s*([^;]+);", TOKENS)
    assert declared, f"--{name} is not in tokens.css"
    found = re.findall(NUMBERS, declared[1])
    chosen = found[-1] if mode == "dark" else found[0]
    return tuple(float(part) for part in chosen)


def _linear(lightness, chroma, hue):
    """OKLCH to linear sRGB (B. Ottosson's matrices)."""
    a = chroma * math.cos(math.radians(hue))
    b = chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _as_shown(channel):
    """A channel as the screen has it: encoded, clipped, in eight bits, then linear again."""
    channel = min(max(channel, 0.0), 1.0)
    encoded = 12.92 * channel if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055
    byte = round(encoded * 255) / 255
    return byte / 12.92 if byte <= 0.04045 else ((byte + 0.055) / 1.055) ** 2.4


def _luminance(name, mode):
    red, green, blue = (_as_shown(channel) for channel in _linear(*_oklch(name, mode)))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one, other, mode):
    dark, light = sorted((_luminance(one, mode), _luminance(other, mode)))
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_itself_is_right():
    assert _linear(1, 0, 0) == pytest.approx((1, 1, 1), abs=1e-3)
    assert _linear(0.627955, 0.257683, 29.2339) == pytest.approx((1, 0, 0), abs=1e-3)
    assert _contrast("ink", "sheet", "light") == pytest.approx(16.6, abs=0.05)
    assert _contrast("ink-3", "sunken", "light") == pytest.approx(5.1, abs=0.05)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_text_can_be_read(mode):
    found = {f"{text} on {ground}": round(_contrast(text, ground, mode), 2) for text, ground in TEXT}
    assert {pair: ratio for pair, ratio in found.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_outlines_and_marks_can_be_seen(mode):
    found = {f"{mark} on {ground}": round(_contrast(mark, ground, mode), 2) for mark, ground in MARKS}
    assert {pair: ratio for pair, ratio in found.items() if ratio < 3} == {}


def test_no_style_names_a_colour_or_a_token_that_is_not_declared():
    declared = set(re.findall(r"(--[\w-]+):", TOKENS))
    for path in sorted((STATIC / "css").rglob("*.css")):
        text = path.read_text(encoding="utf-8")
        local = set(re.findall(r"(--[\w-]+):", text))
        asked = set(re.findall(r"var\((--[\w-]+)", text)) - {"--tone", "--tone-wash", "--bar", "--len"}
        assert asked - declared - local == set(), path.name
        assert not re.search(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", text), path.name
