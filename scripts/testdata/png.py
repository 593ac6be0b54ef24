"""A PNG writer for every shape of PNG that there is: depths, colour types, Adam7, ancillary chunks, animation."""

import struct
import zlib

GRAY, RGB, PALETTE, GRAY_ALPHA, RGBA = 0, 2, 3, 4, 6
CHANNELS = {GRAY: 1, RGB: 3, PALETTE: 1, GRAY_ALPHA: 2, RGBA: 4}
SIGNATURE = b"\x89PNG\r\n\x1a\n"
ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def chunk(name, data=b""):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def packed(samples, depth):
    """A row's samples as bytes, most significant bit first."""
    if depth == 16:
        return struct.pack(f">{len(samples)}H", *samples)
    if depth == 8:
        return bytes(samples)
    each = 8 // depth
    padded = list(samples) + [0] * (-len(samples) % each)
    return bytes(sum(s << (8 - depth * (i + 1)) for i, s in enumerate(padded[at:at + each])) for at in range(0, len(padded), each))


def paeth(a, b, c):
    pa, pb, pc = abs(b - c), abs(a - c), abs(a + b - 2 * c)
    return a if pa <= pb and pa <= pc else b if pb <= pc else c


def filtered(rows, step, adaptive):
    """Rows with their filter byte; adaptive takes the filter with the least sum of absolute differences."""
    out = bytearray()
    above = bytes(len(rows[0])) if rows else b""
    for row in rows:
        candidates = [row]
        if adaptive:
            left = bytes(step) + row[:-step]
            corner = bytes(step) + above[:-step]
            candidates = [
                row,
                bytes((x - a) & 255 for x, a in zip(row, left)),
                bytes((x - b) & 255 for x, b in zip(row, above)),
                bytes((x - (a + b) // 2) & 255 for x, a, b in zip(row, left, above)),
                bytes((x - paeth(a, b, c)) & 255 for x, a, b, c in zip(row, left, above, corner)),
            ]
        costs = [sum(min(x, 256 - x) for x in candidate) for candidate in candidates]
        best = costs.index(min(costs))
        out.append(best)
        out += candidates[best]
        above = row
    return bytes(out)


def scanlines(rows, color, depth, interlaced):
    channels = CHANNELS[color]
    step = max(channels * depth // 8, 1)
    adaptive = depth >= 8 and color != PALETTE
    if not interlaced:
        return filtered([packed(row, depth) for row in rows], step, adaptive)
    width, out = len(rows[0]) // channels, b""
    for x0, y0, dx, dy in ADAM7:
        part = [[s for x in range(x0, width, dx) for s in row[x * channels:(x + 1) * channels]] for row in rows[y0::dy]]
        part = [packed(row, depth) for row in part if row]
        out += filtered(part, step, adaptive)
    return out


def flat(rows):
    """Rows of pixel tuples as rows of samples."""
    return [[sample for pixel in row for sample in pixel] for row in rows]


def ihdr(width, height, depth, color, interlaced):
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, interlaced))


def png(rows, color, depth=8, interlaced=False, before=b"", after=b"", palette=None, trns=None, level=6):
    """`rows` holds samples; `before` and `after` are finished chunks on either side of PLTE … IDAT."""
    out = SIGNATURE + ihdr(len(rows[0]) // CHANNELS[color], len(rows), depth, color, interlaced) + before
    if palette:
        out += chunk(b"PLTE", bytes(c for entry in palette for c in entry))
    if trns is not None:
        out += chunk(b"tRNS", trns)
    out += chunk(b"IDAT", zlib.compress(scanlines(rows, color, depth, interlaced), level))
    return out + after + chunk(b"IEND")


def rgb(rows, **more):
    return png(flat([[pixel[:3] for pixel in row] for row in rows]), RGB, **more)


def rgba(rows, **more):
    return png(flat(rows), RGBA, **more)


def indexed(rows, depth, palette, **more):
    return png(rows, PALETTE, depth=depth, palette=palette, **more)


def apng(frames, color, delay_ms, depth=8, palette=None, trns=None, hidden=None, places=None, parts=1, level=6):
    """A frame covers the whole canvas, unless places has x, y, dispose and blend for each. The first frame is the still
    image too, unless there is a hidden one. A frame's data goes into parts chunks."""
    still = hidden or frames[0]
    width, height = len(still[0]) // CHANNELS[color], len(still)
    out = SIGNATURE + ihdr(width, height, depth, color, False)
    if palette:
        out += chunk(b"PLTE", bytes(c for entry in palette for c in entry))
    if trns is not None:
        out += chunk(b"tRNS", trns)
    out += chunk(b"acTL", struct.pack(">II", len(frames), 0))
    if hidden:
        out += chunk(b"IDAT", zlib.compress(scanlines(hidden, color, depth, False), level))
    sequence = 0
    for index, rows in enumerate(frames):
        x, y, dispose, blend = places[index] if places else (0, 0, 0, 0)
        size = len(rows[0]) // CHANNELS[color], len(rows)
        out += chunk(b"fcTL", struct.pack(">IIIIIHHBB", sequence, *size, x, y, delay_ms, 1000, dispose, blend))
        sequence += 1
        data = zlib.compress(scanlines(rows, color, depth, False), level)
        each = -(-len(data) // parts)
        for at in range(0, len(data), each):
            if index == 0 and not hidden:
                out += chunk(b"IDAT", data[at:at + each])
            else:
                out += chunk(b"fdAT", struct.pack(">I", sequence) + data[at:at + each])
                sequence += 1
    return out + chunk(b"IEND")
