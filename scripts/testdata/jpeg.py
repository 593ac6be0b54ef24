"""JPEG files through cjpeg, and surgery on their segments."""

import struct
import subprocess
import sys

SOI, EOI = b"\xff\xd8", b"\xff\xd9"


def run(command, data=None):
    try:
        return subprocess.run(command, input=data, capture_output=True, check=True).stdout
    except FileNotFoundError:
        sys.exit(f"make-testdata: {command[0]} is missing; install libjpeg-turbo-progs and webp")
    except subprocess.CalledProcessError as error:
        sys.exit(f"make-testdata: {' '.join(command)} failed:\n{error.stderr.decode(errors='replace')}")


def ppm(rows):
    """Binary PPM from colour tuples, PGM from plain grey samples."""
    gray = isinstance(rows[0][0], int)
    samples = bytes(s for row in rows for s in row) if gray else bytes(s for row in rows for p in row for s in p[:3])
    return f"P{5 if gray else 6} {len(rows[0])} {len(rows)} 255\n".encode() + samples


def cjpeg(rows, *options):
    return run(["cjpeg", "-dct", "int", *options], ppm(rows))


def segment(marker, data):
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def with_segments(jpeg, *segments):
    """Puts segments after JFIF's, which must stay the first."""
    at = 2 + 2 + struct.unpack(">H", jpeg[4:6])[0]
    assert jpeg[2:4] == b"\xff\xe0"
    return jpeg[:at] + b"".join(segments) + jpeg[at:]


def exif_segment(block):
    return segment(0xE1, b"Exif\0\0" + block)


def xmp_segment(packet):
    return segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet)


def icc_segment(profile):
    return segment(0xE2, b"ICC_PROFILE\0\x01\x01" + profile)


def parts(jpeg):
    """A baseline file of one scan as {marker: [whole segments]} and its entropy-coded data."""
    at, found = 2, {}
    while True:
        marker, length = jpeg[at + 1], struct.unpack(">H", jpeg[at + 2:at + 4])[0]
        found.setdefault(marker, []).append(jpeg[at:at + 2 + length])
        at += 2 + length
        if marker == 0xDA:
            return found, jpeg[at:jpeg.rindex(EOI)]


def cmyk(rows):
    """Four grey files in one: each plane becomes the scan of a component. Inverted, as Adobe writes it."""
    planes = [[], [], [], []]
    for row in rows:
        split = []
        for r, g, b in row:
            light = max(r, g, b, 1)
            split.append((r * 255 // light, g * 255 // light, b * 255 // light, light))
        for index, plane in enumerate(planes):
            plane.append([inks[index] for inks in split])
    files = [parts(cjpeg(plane, "-grayscale", "-quality", "88")) for plane in planes]
    segments = files[0][0]
    frame = b"".join(bytes((index + 1, 0x11, 0)) for index in range(4))
    out = SOI + segment(0xEE, b"Adobe\0\x64\0\0\0\0\0") + b"".join(segments[0xDB])
    out += segment(0xC0, struct.pack(">BHHB", 8, len(rows), len(rows[0]), 4) + frame) + b"".join(segments[0xC4])
    for index, (_, data) in enumerate(files):
        out += segment(0xDA, bytes((1, index + 1, 0x00, 0, 63, 0))) + data
    return run(["jpegtran", "-copy", "all"], out + EOI)


def huge_arithmetic():
    """Some two hundred bytes that ask a decoder for 665 megapixels: arithmetic codes never run out of data."""
    table = bytes(8 + i for i in range(64))
    out = SOI + segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0")
    out += segment(0xDB, b"\0" + table) + segment(0xDB, b"\x01" + table)
    out += segment(0xC9, struct.pack(">BHHB", 8, 18696, 35584, 3) + b"\x01\x22\0\x02\x11\x01\x03\x11\x01")
    out += segment(0xDA, b"\x03\x01\0\x02\x11\x03\x11\0\x3f\0")
    return out + bytes((7 * i * i + 3) % 251 for i in range(34)) + EOI


def many_scans():
    """A valid progressive file of 379 scans: every coefficient by itself, bit after bit. Each block ends at once."""
    side, bits = 64, 6
    table = bytes((1,)) + bytes(15) + b"\0"  # one code, "0": no difference in DC, end of block in AC
    scan = bytes((side // 8) ** 2 // 8)
    out = SOI + segment(0xDB, b"\0" + bytes([16]) * 64)
    out += segment(0xC2, struct.pack(">BHHB", 8, side, side, 1) + b"\x01\x11\0")
    out += segment(0xC4, b"\0" + table) + segment(0xC4, b"\x10" + table) + segment(0xDA, b"\x01\x01\0\0\0\0") + scan
    for coefficient in range(1, 64):
        for low in reversed(range(bits)):
            high = 0 if low == bits - 1 else low + 1
            out += segment(0xDA, bytes((1, 1, 0, coefficient, coefficient, high << 4 | low))) + scan
    return out + EOI
