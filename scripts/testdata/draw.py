"""Pictures computed from nothing: a landscape, a user interface, an icon. Rows of (r, g, b[, a]) tuples, 8 bits each."""

import math


def hashed(x, y, seed):
    """A number in 0..1 that looks random and is the same everywhere."""
    h = (x * 374761393 + y * 668265263 + seed * 2147483647) & 0xFFFFFFFF
    h = ((h ^ (h >> 13)) * 1274126177) & 0xFFFFFFFF
    h = ((h ^ (h >> 16)) * 2246822519) & 0xFFFFFFFF
    return ((h ^ (h >> 15)) & 0xFFFFFF) / 0xFFFFFF


def noise(x, y, seed):
    """Value noise on the integer lattice, smoothly interpolated."""
    left, top = math.floor(x), math.floor(y)
    u, v = x - left, y - top
    u, v = u * u * (3 - 2 * u), v * v * (3 - 2 * v)
    upper = hashed(left, top, seed) * (1 - u) + hashed(left + 1, top, seed) * u
    lower = hashed(left, top + 1, seed) * (1 - u) + hashed(left + 1, top + 1, seed) * u
    return upper * (1 - v) + lower * v


def fractal(x, y, seed, octaves=4):
    total = 0.0
    for octave in range(octaves):
        total += noise(x, y, seed + octave) * 0.5 ** (octave + 1)
        x, y = x * 2, y * 2
    return total / (1 - 0.5**octaves)


def mix(a, b, t):
    t = min(max(t, 0.0), 1.0)
    return tuple(p + (q - p) * t for p, q in zip(a, b))


def clamp(color):
    return tuple(min(max(int(c + 0.5), 0), 255) for c in color)


def sky(u, v):
    """u runs over the width in units of the height, v from 0 at the top to 1 at the horizon."""
    color = mix((38, 62, 118), (122, 142, 190), v * 1.6)
    color = mix(color, (250, 186, 128), (v - 0.45) * 1.7)
    distance = math.hypot(u - 0.98, (v - 0.78) * 0.75)
    color = mix(color, (255, 226, 160), math.exp(-distance * 5.5) * 1.1)
    if distance < 0.055:
        color = mix((255, 246, 214), color, (distance - 0.048) / 0.007)
    cloud = fractal(u * 2.6 + 3, v * 7.5, 11, 5)
    lit = mix((108, 104, 138), (255, 214, 178), v * 0.9 + fractal(u * 5, v * 14 + 0.4, 17, 3) * 0.5 - 0.2)
    return mix(color, lit, (cloud - 0.45) * 4.2 * (1.1 - v))


RIDGES = (  # height, roughness, how far its tops reach, colour, haze
    (0.46, 1.7, 0.34, (96, 98, 132), 0.55),
    (0.54, 2.6, 0.24, (74, 78, 104), 0.32),
    (0.61, 4.1, 0.13, (48, 62, 68), 0.14),
)
HORIZON = 0.66


def land(u, v):
    color = sky(u, min(v / HORIZON, 1))
    for index, (base, rough, reach, rock, haze) in enumerate(RIDGES):
        top = base + reach * (0.5 - fractal(u * rough + index * 7, 0.5, 31 + index * 10, 6))
        if v <= top:
            continue
        grain = fractal(u * 26 + v * 9, v * 34 - u * 11, 53 + index, 3)
        shade = mix(rock, (22, 30, 34), (grain - 0.35) * 1.3)
        snow = (base - 0.03 - top) * 14 * (1.5 - index) + (grain - 0.5) * 5 - (v - top) * 26
        shade = mix(shade, (226, 222, 232), snow if index < 2 else 0)
        color = mix(shade, (236, 178, 142), haze * (0.55 + 0.45 * v / HORIZON))
    return color


def scene(u, v):
    if v < HORIZON:
        return land(u, v)
    depth = (v - HORIZON) / (1 - HORIZON)
    ripple = (fractal(u * 5 / (0.25 + depth), 60 * depth**0.6, 71, 3) - 0.5) * 0.07 * (0.2 + depth)
    mirrored = HORIZON - (v - HORIZON) * 1.15 + ripple
    color = mix(land(u + ripple * 0.4, max(mirrored, 0)), (24, 44, 66), 0.28 + 0.3 * depth)
    bank = 0.985 - 0.1 * fractal(u * 3, 0, 83, 5) - 0.05 * u
    tree = 0.0
    slot = math.floor(u * 26)
    for near in (slot - 1, slot, slot + 1):
        middle = (near + 0.2 + 0.6 * hashed(near, 1, 97)) / 26
        height = 0.05 + 0.15 * hashed(near, 2, 97) * (0.35 + abs(u - 0.8))
        below = (v - bank + height) / height
        jag = 0.75 + 0.25 * (below * 7 % 1)
        if 0 < below < 1.2 and abs(u - middle) < 0.024 * below * jag:
            tree = 1.0
    if v > bank or tree:
        green = mix((10, 20, 18), (34, 46, 28), fractal(u * 90, v * 90, 89, 2) * 0.9)
        color = mix(color, green, 0.94)
    return color


def landscape(width, height, grain=4.0):
    """A lake at dusk, with the noise of a camera's sensor."""
    rows = []
    for y in range(height):
        row = []
        for x in range(width):
            color = scene((x + 0.5) / height, (y + 0.5) / height)
            row.append(clamp(c + grain * (hashed(x, y, 5 + i) + hashed(x, y, 9 + i) - 1) for i, c in enumerate(color)))
        rows.append(row)
    return rows


# Capitals, figures and points as strokes on a 4 × 6 grid: xy pairs, "/" lifts the pen.
STROKES = {
    "A": "06 20 46/14 34", "B": "00 06 36 45 44 33 03/00 30 41 42 33", "C": "41 30 10 01 05 16 36 45",
    "D": "00 06 26 45 41 20 00", "E": "40 00 06 46/03 33", "F": "40 00 06/03 33", "G": "41 30 10 01 05 16 36 45 43 23",
    "H": "00 06/40 46/03 43", "I": "10 16", "J": "40 45 36 16 05", "K": "00 06/40 03 46", "L": "00 06 46",
    "M": "06 00 23 40 46", "N": "06 00 46 40", "O": "10 30 41 45 36 16 05 01 10", "P": "06 00 30 41 42 33 03",
    "Q": "10 30 41 45 36 16 05 01 10/24 46", "R": "06 00 30 41 42 33 03/23 46", "S": "41 30 10 01 02 13 33 44 45 36 16 05",
    "T": "00 40/20 26", "U": "00 05 16 36 45 40", "V": "00 26 40", "W": "00 16 23 36 40", "X": "00 46/40 06",
    "Y": "00 23 40/23 26", "Z": "00 40 06 46", "0": "10 30 41 45 36 16 05 01 10", "1": "02 20 26", "2": "01 10 30 41 42 06 46",
    "3": "01 10 30 41 42 33 13/33 44 45 36 16 05", "4": "36 30 04 44", "5": "40 00 03 33 44 45 36 06",
    "6": "40 10 02 05 16 36 45 44 33 03", "7": "00 40 16", "8": "10 30 41 42 33 13 02 01 10/13 04 05 16 36 45 44 33",
    "9": "43 13 02 01 10 30 41 44 36 06", ".": "16 16", "-": "13 33", "%": "06 40/00 01/45 46", ":": "12 12/15 15", "/": "06 40",
}


class Canvas:
    def __init__(self, width, height, color):
        self.width, self.height = width, height
        self.rows = [[color] * width for _ in range(height)]

    def blend(self, x, y, color, cover):
        if 0 <= x < self.width and 0 <= y < self.height and cover > 0:
            self.rows[y][x] = clamp(mix(self.rows[y][x], color, cover))

    def box(self, left, top, width, height, color, radius=0.0):
        """A filled rectangle with rounded, anti-aliased corners."""
        for y in range(top, top + height):
            for x in range(left, left + width):
                dx = max(left + radius - x - 0.5, x + 0.5 - left - width + radius, 0)
                dy = max(top + radius - y - 0.5, y + 0.5 - top - height + radius, 0)
                self.blend(x, y, color, radius - math.hypot(dx, dy) + 0.5 if radius else 1)

    def line(self, x0, y0, x1, y1, color, thick):
        reach = math.ceil(thick)
        for y in range(int(min(y0, y1)) - reach, int(max(y0, y1)) + reach + 1):
            for x in range(int(min(x0, x1)) - reach, int(max(x0, x1)) + reach + 1):
                px, py, dx, dy = x + 0.5 - x0, y + 0.5 - y0, x1 - x0, y1 - y0
                along = min(max((px * dx + py * dy) / (dx * dx + dy * dy or 1), 0), 1)
                self.blend(x, y, color, thick / 2 + 0.5 - math.hypot(px - along * dx, py - along * dy))

    def text(self, left, top, words, color, size=1.4, thick=1.3):
        for letter in words.upper():
            for stroke in STROKES.get(letter, "").split("/"):
                points = [(left + int(p[0]) * size, top + int(p[1]) * size) for p in stroke.split()]
                for (x0, y0), (x1, y1) in zip(points, points[1:]):
                    self.line(x0, y0, x1, y1, color, thick)
            left += size * (4 if letter in "I.:" else 6)


def screenshot(width=640, height=400):
    """A file manager's window with a side bar, a list and a chart."""
    ink, dim, accent = (42, 46, 54), (128, 134, 146), (38, 112, 220)
    page = Canvas(width, height, (246, 247, 249))
    page.box(0, 0, width, 34, (54, 58, 68))
    for index, color in enumerate(((237, 106, 94), (245, 191, 79), (98, 197, 84))):
        page.box(12 + index * 20, 11, 12, 12, color, 6)
    page.text(width // 2 - 70, 13, "Pictures - 2024", (232, 234, 238), 1.35)
    page.box(0, 34, 150, height - 34, (232, 234, 239))
    for index, label in enumerate(("Home", "Recent", "Pictures", "Downloads", "Archive", "Trash")):
        top = 50 + index * 28
        if index == 2:
            page.box(8, top - 6, 134, 24, accent, 6)
        page.box(18, top, 12, 12, (255, 255, 255) if index == 2 else (150, 162, 184), 3)
        page.text(38, top + 2, label, (255, 255, 255) if index == 2 else ink, 1.3)
    for index, (name, size, saved) in enumerate((
            ("lake-01.jpg", "4.2 MB", 71), ("lake-02.jpg", "3.9 MB", 68), ("ridge.png", "1.8 MB", 74),
            ("harbour.webp", "920 KB", 12), ("menu.png", "310 KB", 55), ("icons.png", "88 KB", 41))):
        top = 54 + index * 26
        if index % 2:
            page.box(158, top - 8, width - 170, 26, (238, 241, 246), 4)
        page.text(170, top, name, ink, 1.3)
        page.text(330, top, size, dim, 1.3)
        page.box(430, top - 1, 120, 10, (216, 221, 230), 5)
        page.box(430, top - 1, 12 + saved, 10, accent, 5)
        page.text(566, top, f"{saved}%", ink, 1.3)
    page.box(166, 224, width - 182, 158, (255, 255, 255), 8)
    page.text(182, 238, "Saved a week", dim, 1.25)
    heights = [40 + 62 * fractal(i * 0.37, 0, 3, 3) for i in range(19)]
    for index, (a, b) in enumerate(zip(heights, heights[1:])):
        page.line(186 + index * 24, 380 - a, 210 + index * 24, 380 - b, (52, 168, 122), 2.2)
    return page.rows


def poster(width, height):
    """Flat areas in a few exact colours: what a palette holds without loss."""
    colors = [(244, 238, 220), (226, 88, 62), (38, 70, 83), (42, 157, 143), (233, 196, 106), (122, 74, 106)]
    rows = []
    for y in range(height):
        row = []
        for x in range(width):
            ring = int(math.hypot(x - width * 0.62, y - height * 0.45) / (height * 0.11))
            row.append(colors[ring % 3 + 3] if ring < 5 else colors[(x + y) * 3 // (width + height)])
        rows.append(row)
    return rows


def icon(side):
    """A rounded square with a highlight, on nothing: alpha with soft edges."""
    rows = []
    for y in range(side):
        row = []
        for x in range(side):
            dx, dy = abs(x + 0.5 - side / 2), abs(y + 0.5 - side / 2)
            corner = side * 0.22
            edge = math.hypot(max(dx - side / 2 + 1 + corner, 0), max(dy - side / 2 + 1 + corner, 0)) - corner
            alpha = min(max(0.5 - edge, 0), 1)
            color = mix((250, 146, 70), (206, 48, 92), (x + 2 * y) / (3 * side))
            color = mix(color, (255, 244, 230), 1.2 - abs(math.hypot(dx, dy) - side * 0.24) / (side * 0.07))
            row.append(clamp(color) + (int(alpha * 255 + 0.5),) if alpha else (0, 0, 0, 0))
        rows.append(row)
    return rows


def gradient(width, height):
    return [[clamp(mix(mix((28, 52, 120), (180, 80, 150), x / width), (255, 196, 120), y / height)) for x in range(width)]
            for y in range(height)]


def luma(rows):
    """Grey samples, one a pixel."""
    return [[(r * 299 + g * 587 + b * 114 + 500) // 1000 for r, g, b, *_ in row] for row in rows]


def dithered(gray, levels):
    """Ordered dithering to `levels` greys, given as numbers from 0."""
    bayer = ((0, 8, 2, 10), (12, 4, 14, 6), (3, 11, 1, 9), (15, 7, 13, 5))
    return [[min(int(v / 255 * (levels - 1) + (bayer[y % 4][x % 4] + 0.5) / 16), levels - 1) for x, v in enumerate(row)]
            for y, row in enumerate(gray)]
