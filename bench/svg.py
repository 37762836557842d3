"""Plots of points and their straight line, as SVG without any library."""

import math

WIDTH, HEIGHT = 640, 300
LEFT, RIGHT, TOP, BOTTOM = 70, 20, 40, 50


def step(most):
    """1, 2 or 5 times a power of ten, so that an axis has about five of it."""
    power = 10 ** math.floor(math.log10(most / 5))
    return next(power * times for times in (1, 2, 5, 10) if most / (power * times) <= 6)


def short(value):
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:g}{letter}"
    return f"{value:.4g}"


def text(x, y, words, **attributes):
    extra = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f'<text x="{x:.1f}" y="{y:.1f}"{extra}>{words}</text>'


def axes(x_most, y_most, at):
    """Grid and numbers."""
    parts = []
    for number in range(int(x_most / step(x_most)) + 1):
        x, y = at(number * step(x_most), 0)
        parts += [f'<path d="M{x:.1f} {y:.1f}V{TOP}" class="grid"/>', text(x, y + 18, short(number * step(x_most)), text_anchor="middle")]
    for number in range(int(y_most / step(y_most)) + 1):
        x, y = at(0, number * step(y_most))
        parts += [f'<path d="M{x:.1f} {y:.1f}H{WIDTH - RIGHT}" class="grid"/>',
                  text(x - 8, y + 4, short(number * step(y_most)), text_anchor="end")]
    return parts


def plot(title, x_name, y_name, points, line):
    x_most, y_most = max(x for x, _ in points), 1.1 * max(y for _, y in points) or 1

    def at(x, y):
        return (LEFT + x / x_most * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - y / y_most * (HEIGHT - TOP - BOTTOM))

    (x1, y1), (x2, y2) = at(0, max(0, line.intercept)), at(x_most, line.intercept + line.slope * x_most)
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12" role="img">',
        f"<title>{title}</title>",
        "<style>.grid{stroke:#ddd;fill:none}.line{stroke:#3572b0;fill:none}.point{fill:#c44}</style>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        *axes(x_most, y_most, at),
        f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" class="line"/>',
        *(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" class="point"/>' for x, y in (at(*point) for point in points)),
        text(LEFT, 22, f"{title} (R² {line.r2:.4f})", font_size=14),
        text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, x_name, text_anchor="middle"),
        text(16, TOP - 8, y_name),
        "</svg>", ""])
