"""Images of any size that take next to no room, and no time to make: every pixel has the same colour."""

import struct
import zlib

from support import png_file


def png(width, height, color=2):
    """8 bits a sample; `color` is IHDR's: 0 grey, 2 RGB, 6 RGBA."""
    packer = zlib.compressobj(1)
    row = bytes(1 + width * {0: 1, 2: 3, 6: 4}[color])
    stream = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    return png_file(width, height, 8, color, stream)


def jpeg(width, height, components=3):
    """Baseline, 4:4:4. The only codes are 0 for "as the block before" and 0 for "no AC", so two bits make a block."""
    def segment(marker, data):
        return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data

    frame = b"".join(bytes((i + 1, 0x11, 0)) for i in range(components))
    scan = b"".join(bytes((i + 1, 0)) for i in range(components))
    one_code = bytes([1] + [0] * 15) + b"\0"
    bits = 2 * (-(-width // 8) * -(-height // 8) * components)
    data = bytes(bits // 8) + (bytes([0xFF >> bits % 8]) if bits % 8 else b"")
    return (b"\xff\xd8" + segment(0xDB, b"\0" + bytes([8] * 64)) +
            segment(0xC0, struct.pack(">BHHB", 8, height, width, components) + frame) +
            segment(0xC4, b"\0" + one_code) + segment(0xC4, b"\x10" + one_code) +
            segment(0xDA, bytes([components]) + scan + b"\0\x3f\0") + data + b"\xff\xd9")


def webp(width, height):
    """Lossless. Each of the five prefix codes has one symbol, so that a pixel takes no bit."""
    bits = []

    def put(value, count):
        bits.extend(value >> i & 1 for i in range(count))

    for value, count in ((width - 1, 14), (height - 1, 14), (0, 1), (0, 3)):
        put(value, count)
    put(0, 3)  # no transform, no colour cache, one group of codes
    for symbol in (100, 50, 20, 255, 0):  # green, red, blue, alpha, distance
        for value, count in ((1, 1), (0, 1), (1, 1), (symbol, 8)):
            put(value, count)
    data = b"\x2f" + bytes(sum(bit << i for i, bit in enumerate(bits[at:at + 8])) for at in range(0, len(bits), 8))
    data += bytes(len(data) % 2)
    body = b"WEBPVP8L" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body
