#!/usr/bin/env python3
"""A browser opens what imgc writes, and shows a result at the size of its source, and what is lossless exactly like it:
Chromium, once, over one page with every result. Exit status: 0 passed, 1 failed, 77 skipped.

usage: browser.py IMGC IMAGES
"""

import base64
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

IMGC, IMAGES = sys.argv[1], pathlib.Path(sys.argv[2])
BROWSER = next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "google-chrome"))), None)
WAYS = {
    "lossless": ["--progressive", "always"],
    "lossless to webp": ["--format", "webp"],
    "lossy": ["--lossy", "-q", "70"],
    "lossy to webp": ["--lossy", "--format", "webp"],
    "turned": ["--rotate", "90", "--lossy"],
}
# Once all pictures are there it leaves in their place, as JSON, of each pair both sizes, null where one does not open,
# and the largest and the mean difference of their samples, those of colour times alpha: browsers hold them so, and
# lose what is more. Without a wait, since the page is read as soon as it has loaded.
PAGE = """<!doctype html><body>%s<script>
function look(picture) {
  if (picture.naturalWidth === 0) return null;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [picture.naturalWidth, picture.naturalHeight];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(picture, 0, 0);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}
function differences(a, b) {
  let most = 0, sum = 0;
  for (let i = 0; i < a.length; ++i) {
    const alpha = i | 3;
    const [one, other] = i === alpha ? [a[i], b[i]] : [a[i] * a[alpha] / 255, b[i] * b[alpha] / 255];
    most = Math.max(most, Math.abs(one - other));
    sum += Math.abs(one - other);
  }
  return [most, sum / a.length];
}
function compare(source, made) {
  const size = (pixels) => pixels && [pixels.width, pixels.height];
  const alike = source && made && String(size(source)) === String(size(made));
  return [size(source), size(made), alike ? differences(source.data, made.data) : null];
}
addEventListener("load", () => {
  const seen = [];
  for (let i = 0; i < document.images.length; i += 2)
    seen.push(compare(look(document.images[i]), look(document.images[i + 1])));
  document.body.innerHTML = '<pre id="seen"></pre>';
  document.getElementById("seen").textContent = JSON.stringify(seen);
});
</script>
"""


def picture(path, kind):
    # Within the page: what comes from elsewhere may be drawn, but its pixels not read.
    return f'<img src="data:image/{kind};base64,{base64.b64encode(pathlib.Path(path).read_bytes()).decode()}">'


def results(room):
    """(way, file of the report) of every image that was compressed."""
    for way, options in WAYS.items():
        out = room / way.replace(" ", "-")
        subprocess.run([IMGC, "compress", "-Q", "--no-state", "--on-collision", "suffix", *options, str(IMAGES), str(out)],
                       check=False, capture_output=True)
        for file in json.loads((out / "imgc-report.json").read_text())["files"]:
            if file["outcome"] == "compressed":
                yield way, file


def fault(way, source, made, differences):
    """What is wrong with what the browser made of a result, if it opens its source."""
    if source is None:
        return None
    if made is None:
        return "does not open"
    if way == "turned":
        return None if made == source[::-1] else f"is {made}, of {source}"
    if made != source:
        return f"is {made}, of {source}"
    most, mean = differences
    # libwebp multiplies by alpha itself, rounding in another way.
    most_allowed, mean_allowed = {"lossless": (0, 0), "lossless to webp": (2, 2)}.get(way, (255, 12))
    return f"differs by up to {most:.1f}, {mean:.1f} in the mean" if most > most_allowed or mean > mean_allowed else None


def main():
    if not BROWSER:
        print("skipped: chromium-headless-shell is not installed")
        sys.exit(77)
    with tempfile.TemporaryDirectory(prefix="imgc-browser-") as name:
        room = pathlib.Path(name)
        looked_at = list(results(room))
        pictures = [picture(f[end], f[kind]) for _, f in looked_at
                    for end, kind in (("input", "format_in"), ("output", "format_out"))]
        (room / "page.html").write_text(PAGE % "".join(pictures))
        shown = subprocess.run([BROWSER, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={room}/profile",
                                "--timeout=60000", "--dump-dom", f"file://{room}/page.html"],
                               capture_output=True, text=True, timeout=120, check=False)
    found = re.search(r'<pre id="seen">(.*?)</pre>', shown.stdout)
    if not found or not found[1]:
        print(f"the browser left no answer:\n{shown.stderr}")
        sys.exit(1)
    seen = json.loads(found[1])
    faults = [f"{way}: {file['output']}: {wrong}" for (way, file), pair in zip(looked_at, seen) if (wrong := fault(way, *pair))]
    opened = sum(made is not None for _, made, _ in seen)
    equal = sum(way == "lossless" and differences == [0, 0] for (way, _), (_, _, differences) in zip(looked_at, seen))
    print("\n".join(faults) or f"{opened} of {len(seen)} results opened, {equal} of them equal to their source")
    sys.exit(1 if faults or equal < 20 else 0)


main()
