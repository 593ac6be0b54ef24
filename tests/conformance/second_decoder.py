#!/usr/bin/env python3
"""Other programs open what imgc writes, and see in a lossless result what they see in its source: djpeg, dwebp and
ImageMagick. Exit status: 0 passed, 1 failed, 77 skipped.

usage: second_decoder.py IMGC IMAGES
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

IMGC, IMAGES = sys.argv[1], pathlib.Path(sys.argv[2])
MAGICK = shutil.which("magick") or shutil.which("convert")
# Pixels as each sees them, on stdout. ImageMagick gives 16 bits a sample, so that none are lost.
DECODERS = {
    "jpeg": [["djpeg", "-dct", "int"], *([[MAGICK, "{}", "-depth", "16", "rgba:-"]] if MAGICK else [])],
    "png": [[MAGICK, "{}[0]", "-depth", "16", "rgba:-"]] if MAGICK else [],
    "webp": [["dwebp", "-quiet", "-pam", "-o", "-", "--"]],
}
# What the second decoders can't open, whoever wrote it: arithmetic coding, animation, Adobe's inverted inks.
LEFT_OUT = {"arithmetic.jpg", "animated.webp"}
WAYS = {
    "lossless": [],
    "lossy": ["--lossy", "-q", "70"],
    "lossless, max": ["-e", "max", "--progressive", "always"],
    "to webp": ["--format", "webp"],
    "to jpeg": ["--format", "jpeg", "--lossy", "--background", "white"],
    "turned": ["--rotate", "90", "--lossy"],
}


def seen(decoder, path):
    command = [word.replace("{}", str(path)) for word in decoder]
    if "{}" not in " ".join(decoder):
        command.append(str(path))
    result = subprocess.run(command, capture_output=True, check=False)
    return result.stdout if result.returncode == 0 else None, result.stderr.decode(errors="replace").strip()


def main():
    if not shutil.which("djpeg") or not shutil.which("dwebp"):
        print("skipped: djpeg or dwebp is not installed")
        sys.exit(77)
    faults, opened, compared = [], 0, 0
    with tempfile.TemporaryDirectory(prefix="imgc-second-") as room:
        for way, options in WAYS.items():
            out = pathlib.Path(room) / way.replace(" ", "-")
            subprocess.run([IMGC, "compress", "-Q", "--no-state", "--on-collision", "suffix", *options, str(IMAGES), str(out)],
                           check=False, capture_output=True)
            for file in json.loads((out / "imgc-report.json").read_text())["files"]:
                if file["outcome"] != "compressed" or pathlib.Path(file["input"]).name in LEFT_OUT:
                    continue
                for decoder in DECODERS[file["format_out"]]:
                    pixels, said = seen(decoder, file["output"])
                    name = f"{way}: {decoder[0]} of {file['output']}"
                    if pixels is None or said:
                        # Unless it does not like the source either.
                        source = seen(decoder, file["input"]) if file["format_in"] == file["format_out"] else (b"", "")
                        if source[0] is not None and not source[1]:
                            faults.append(f"{name}: {said}")
                        continue
                    opened += 1
                    if way.startswith("lossless") and file["format_in"] == file["format_out"]:
                        compared += 1
                        if pixels != seen(decoder, file["input"])[0]:
                            faults.append(f"{name}: shows something else than its source")
    print("\n".join(faults) or f"{opened} results opened, {compared} of them equal to their source")
    sys.exit(1 if faults or compared < 20 else 0)


main()
