"""EXIF, ICC and XMP blocks, as small as they can be and still be valid."""

import struct


def exif(orientation=None, make=None, model=None, date=None, position=None):
    """A little-endian TIFF block. `position` is (north, east) in degrees."""
    entries = []
    for tag, value in ((0x010F, make), (0x0110, model), (0x0132, date)):
        if value:
            entries.append((tag, 2, value.encode() + b"\0"))
    if orientation:
        entries.append((0x0112, 3, struct.pack("<H", orientation)))
    if position:
        entries.append((0x8825, 4, b"GPS."))  # where the GPS directory begins: known once this one is laid out
    first = directory(sorted(entries), 8)
    if position:
        first = first.replace(b"GPS.", struct.pack("<I", 8 + len(first)))
        first += directory([
            (1, 2, b"N\0"), (2, 5, degrees(position[0])),
            (3, 2, b"E\0"), (4, 5, degrees(position[1])),
        ], 8 + len(first))
    return b"II*\0" + struct.pack("<I", 8) + first


def degrees(value):
    minutes = value % 1 * 60
    return struct.pack("<6I", int(value), 1, int(minutes), 1, round(minutes % 1 * 6000), 100)


SIZES = {2: 1, 3: 2, 4: 4, 5: 8}  # TIFF's ASCII, SHORT, LONG, RATIONAL


def directory(entries, at):
    """One IFD that begins at offset `at`, its longer values behind it."""
    spill_at = at + 2 + 12 * len(entries) + 4
    table, spill = struct.pack("<H", len(entries)), b""
    for tag, kind, value in entries:
        if len(value) <= 4:
            field = value.ljust(4, b"\0")
        else:
            field = struct.pack("<I", spill_at + len(spill))
            spill += value + b"\0" * (len(value) % 2)
        table += struct.pack("<HHI", tag, kind, len(value) // SIZES[kind]) + field
    return table + struct.pack("<I", 0) + spill


def fixed(*values):
    return b"".join(struct.pack(">i", round(v * 65536)) for v in values)


def icc():
    """A version 2 matrix profile with Display P3's primaries: dropping it visibly dulls the colours."""
    name = b"imgc test, wide gamut\0"
    description = b"desc\0\0\0\0" + struct.pack(">I", len(name)) + name + bytes(4 + 4 + 2 + 1 + 67)
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(2.2 * 256))
    tags = [
        (b"desc", description),
        (b"cprt", b"text\0\0\0\0No copyright\0"),
        (b"wtpt", b"XYZ \0\0\0\0" + fixed(0.9642, 1.0, 0.8249)),
        (b"rXYZ", b"XYZ \0\0\0\0" + fixed(0.5151, 0.2412, -0.0011)),
        (b"gXYZ", b"XYZ \0\0\0\0" + fixed(0.2920, 0.6922, 0.0419)),
        (b"bXYZ", b"XYZ \0\0\0\0" + fixed(0.1571, 0.0666, 0.7841)),
        (b"rTRC", curve), (b"gTRC", curve), (b"bTRC", curve),
    ]
    table, body = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, data in tags:
        table += name + struct.pack(">II", start + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    header = struct.pack(">I", start + len(body)) + bytes(4) + b"\x02\x20\0\0mntrRGB XYZ "
    header += struct.pack(">6H", 2024, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + fixed(0.9642, 1.0, 0.8249)
    return header.ljust(128, b"\0") + table + body


def xmp(attributes):
    return (b'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
            b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
            + attributes + b'/></rdf:RDF></x:xmpmeta><?xpacket end="r"?>')
