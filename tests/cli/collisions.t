Two inputs with one output are found before anything is written.

  $ mkdir in && cp "$IMAGES"/png/gray-saved-as-rgba.png in/a.png && cp "$IMAGES"/jpeg/photo-q95-420.jpg in/a.jpg
  $ imgc compress --lossy --format webp in out
  imgc: out/a.webp would be written from in/a.jpg, in/a.png
  imgc: several inputs would have one output, so nothing was done; name outputs in a --manifest, use --on-collision suffix, or run them apart
  [2]
  $ ls out

They get names of their own when asked.

  $ imgc compress -Q --lossy --format webp --on-collision suffix in out && ls out
  a.jpg.webp
  a.png.webp
  imgc-report.json

The same name in two trees.

  $ mkdir other && cp in/a.png other/
  $ imgc compress in other both
  imgc: both/a.png would be written from in/a.png, other/a.png
  imgc: several inputs would have one output, so nothing was done; name outputs in a --manifest, use --on-collision suffix, or run them apart
  [2]

A file that is no image does not stand in the way of one that is.

  $ rm in/a.jpg && echo text > in/a.txt
  $ imgc compress -Q --no-report --lossless --format webp --copy-others in mixed && ls mixed
  a.txt
  a.webp
