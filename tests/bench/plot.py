"""A plot of time against number of profiles, both axes logarithmic, as an SVG that needs nothing."""

from math import log10
from xml.sax.saxutils import escape

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 760, 420, 70, 50, 20, 240
COLOURS = ("#4c72b0", "#dd8452", "#55a868", "#c44e52", "#8172b3", "#937860", "#da8bc3", "#8c8c8c", "#64b5cd", "#444444")

# By name, pairs of a number of profiles and milliseconds.
Curves = dict[str, list[tuple[int, float]]]


def svg(curves: Curves) -> str:
    """The plot of these curves."""
    sizes = sorted({size for points in curves.values() for size, _ in points})
    decades = range(-1, 4)
    x = {size: LEFT + (WIDTH - LEFT - RIGHT) * _share(size, sizes[0], sizes[-1]) for size in sizes}

    def y(ms: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * _share(max(ms, 0.1), 0.1, 3000)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"',
        ' font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
    ]
    for decade in decades:
        at = y(10.0**decade)
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{10.0**decade:g} ms</text>')
    for size in sizes:
        parts.append(f'<text x="{x[size]:.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{size:,}</text>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(f'<text x="{middle}" y="{HEIGHT - 8}" text-anchor="middle">profiles</text>')
    last = sorted(curves, key=lambda name: y(curves[name][-1][1]))
    below = 0.0
    for number, name in enumerate(curves):
        line = " ".join(f"{x[size]:.1f},{y(ms):.1f}" for size, ms in curves[name])
        parts.append(f'<polyline points="{line}" fill="none" stroke="{COLOURS[number % 10]}" stroke-width="2"/>')
    for name in last:  # labels from top to bottom, none on another
        below = max(below + 15, y(curves[name][-1][1]) + 4)
        colour = COLOURS[list(curves).index(name) % 10]
        parts.append(f'<text x="{WIDTH - RIGHT + 8}" y="{below:.1f}" fill="{colour}">{escape(name)}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _share(value: float, least: float, most: float) -> float:
    return log10(value / least) / log10(most / least)
