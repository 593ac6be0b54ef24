"""imgc and its peers: how each is called for each kind of work."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

WORKER = Path(__file__).with_name("worker.mjs")
MODULES = {"napi": "@napi-rs/image", "sharp": "sharp"}


@dataclass(frozen=True)
class Place:
    """Where one measurement reads and writes: every file lies directly in `source`."""
    source: Path
    out: Path

    def files(self):
        return sorted(p for p in self.source.iterdir() if p.is_file())


@dataclass(frozen=True)
class Tool:
    name: str
    label: str
    commands: Callable[[Place], list]
    accepted: tuple = (0,)
    suffix: str = ""  # of the outputs, where the format changes
    needs: tuple = ()  # commands and paths; none named: the command `name`

    def pairs(self, place):
        rename = (lambda p: p.with_suffix(self.suffix).name) if self.suffix else (lambda p: p.name)
        return [(p, place.out / rename(p)) for p in place.files()]

    def missing(self):
        here = (lambda need: Path(need).exists() if os.sep in need else shutil.which(need))
        return next((Path(need).name for need in self.needs or (self.name,) if not here(need)), None)


def each(name, label, command, **more):
    """One process a file. `command` takes (input, output)."""
    def commands(place):
        return [command(str(source), str(out)) for source, out in tool.pairs(place)]
    tool = Tool(name, label, commands, **more)
    return tool


def shell(line):
    """A pipeline on $1 (input) and $2 (output)."""
    return lambda source, out: ["sh", "-c", line, "sh", source, out]


class Toolbox:
    def __init__(self, imgc, modules, oxipng=None, mozjpeg=None, jpegli=None, pngquant3=None, butteraugli=None):
        self.imgc_path, self.modules = imgc, modules
        # A path that is not there, so that what was not named is said to be missing.
        self.mozjpeg, self.jpegli, self.pngquant3 = (
            str(path or f"./{name}") for path, name in ((mozjpeg, "mozjpeg"), (jpegli, "cjpegli"), (pngquant3, "pngquant3")))
        self.butteraugli = butteraugli
        self.oxipng_path = str(oxipng or shutil.which("oxipng") or "oxipng")
        self.magick = shutil.which("convert-im6.q16") or shutil.which("magick") or "convert"

    def imgc(self, *options, jobs=1, suffix=""):
        label = " ".join(("imgc", *options)) + (f" -j {jobs}" if jobs != 1 else "")
        return Tool("imgc", label, lambda place: [self.imgc_command(place.source, place.out, *options, jobs=jobs)],
                    suffix=suffix, needs=(str(self.imgc_path),))

    def imgc_command(self, source, out, *options, jobs=1):
        return [str(self.imgc_path), "compress", "-Q", "--no-report", "-j", str(jobs), *options, str(source), str(out)]

    def node(self, name, label, mode, suffix=""):
        module = self.modules / "node_modules" / MODULES[name]
        return Tool(name, label, lambda place: [
            ["node", str(WORKER), str(self.modules), mode, str(place.out), *map(str, place.files())]],
            suffix=suffix, needs=("node", str(module)))

    def png_lossless(self):
        return [
            each("optipng", "optipng -o2", lambda i, o: ["optipng", "-quiet", "-o2", "-strip", "all", "-out", o, i]),
            self.node("napi", "@napi-rs/image losslessCompressPng", "napi-png"),
            self.node("sharp", "sharp png, level 9", "sharp-png"),
        ]

    def oxipng(self, *levels):
        """One process for all files, as imgc has. Never --alpha: that changes pixels, if only unseen ones."""
        return [Tool("oxipng", f"oxipng -o{level}", lambda place, level=level: [
            [self.oxipng_path, "-q", f"-o{level}", "--strip", "all", "--threads", "1", "--dir", str(place.out),
             *map(str, place.files())]], needs=(self.oxipng_path,)) for level in levels]

    def zopflipng(self):
        return each("zopflipng", "zopflipng", lambda i, o: ["zopflipng", "-y", i, o])

    def png_lossy(self):
        return [
            # 98: larger than the original with --skip-if-larger; 99: below the least quality. Neither writes a file.
            each("pngquant", "pngquant 0-70", lambda i, o: [
                "pngquant", "--quality", "0-70", "--skip-if-larger", "--strip", "--output", o, i], accepted=(0, 98, 99)),
            self.node("napi", "@napi-rs/image pngQuantize 0-70", "napi-png-quantize"),
            self.node("sharp", "sharp palette, quality 70", "sharp-png-palette"),
            each("imagemagick", "ImageMagick -colors 256", lambda i, o: [self.magick, i, "-strip", "-colors", "256", o],
                 needs=(self.magick,)),
            each("vips", "vips pngsave --palette --Q 70", lambda i, o: [
                "vips", "pngsave", i, o, "--palette", "--Q", "70", "--strip"]),
        ]

    def jpeg_lossless(self):
        return [
            each("jpegtran", "jpegtran -optimize -progressive", lambda i, o: [
                "jpegtran", "-copy", "icc", "-optimize", "-progressive", "-outfile", o, i]),
            # Without -f jpegoptim writes nothing for a file that it can't make smaller.
            each("jpegoptim", "jpegoptim", lambda i, o: ["jpegoptim", "-q", "--strip-all", "--keep-icc", "-d", str(Path(o).parent), i]),
            each("jpegoptim", "jpegoptim --all-progressive", lambda i, o: [
                "jpegoptim", "-q", "--strip-all", "--keep-icc", "--all-progressive", "-d", str(Path(o).parent), i]),
        ]

    def jpeg_lossy(self):
        return [
            each("jpegoptim", "jpegoptim -m70", lambda i, o: [
                "jpegoptim", "-q", "-m70", "--strip-all", "--keep-icc", "-d", str(Path(o).parent), i]),
            each("cjpeg", "djpeg + cjpeg -quality 70 -optimize -progressive",
                 shell('djpeg "$1" | cjpeg -quality 70 -optimize -progressive >"$2"'), needs=("djpeg", "cjpeg")),
            self.node("sharp", "sharp mozjpeg, quality 70", "sharp-jpeg"),
            self.node("napi", "@napi-rs/image compressJpeg 70", "napi-jpeg"),
            each("vips", "vips jpegsave --Q 70 --optimize-coding", lambda i, o: [
                "vips", "jpegsave", i, o, "--Q", "70", "--optimize-coding", "--strip"]),
        ]

    def webp(self):
        return [
            each("cwebp", "cwebp -q 70", lambda i, o: ["cwebp", "-quiet", "-q", "70", i, "-o", o], suffix=".webp"),
            self.node("sharp", "sharp webp, quality 70", "sharp-webp", suffix=".webp"),
        ]


VERSIONS = {
    "pngquant": ["pngquant", "--version"], "optipng": ["optipng", "--version"],
    "jpegoptim": ["jpegoptim", "--version"], "libjpeg-turbo": ["sh", "-c", "cjpeg -version 2>&1"],
    "cwebp": ["cwebp", "-version"], "vips": ["vips", "--version"], "node": ["node", "--version"],
    "zopfli": ["dpkg-query", "-W", "-f", "${Version}", "zopfli"],
    "imagemagick": ["sh", "-c", "(convert-im6.q16 --version || convert --version) 2>/dev/null"],
}
