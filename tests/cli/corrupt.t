A JPEG that was cut off still shows its upper part in viewers. It is kept as it is, and that is said.

  $ head -c 30000 "$IMAGES"/jpeg/photo-q95-420.jpg > cut.jpg
  $ imgc compress -Q cut.jpg kept.jpg --report r.json && cmp cut.jpg kept.jpg && jq -c '.files[] | [.outcome, .reason.code, .reason.text]' r.json
  ["kept","damaged","the JPEG's data end too early"]

Repaired, it shows the same, and is whole again.

  $ imgc compress -Q --on-corrupt repair cut.jpg repaired.jpg --report r.json && jq -c '.files[] | [.outcome, .notes[].code]' r.json
  ["compressed","repaired"]
  $ imgc compress -Q --on-corrupt fail repaired.jpg again.jpg && cmp repaired.jpg again.jpg
  $ djpeg cut.jpg 2>/dev/null > cut.ppm; djpeg repaired.jpg > repaired.ppm && cmp cut.ppm repaired.ppm
  $ imgc compress -Q --lossy -q 50 --on-corrupt repair cut.jpg small.jpg && djpeg -fast small.jpg | head -c 2
  P6 (no-eol)

What must change can't be kept, and some want to know at once.

  $ imgc compress -Q --lossy --format webp cut.jpg x.webp
  imgc: cut.jpg: the JPEG's data end too early; --on-corrupt repair takes what of it can be seen
  [1]
  $ imgc compress -Q --lossy --format webp --on-corrupt repair cut.jpg cut.webp && imgc inspect --json cut.webp | jq -c '[.width, .height]'
  [600,400]
  $ imgc compress -Q --on-corrupt fail cut.jpg x.jpg
  imgc: cut.jpg: the JPEG's data end too early
  [1]

In place nothing is touched.

  $ cp cut.jpg again.jpg && imgc compress -Q --in-place again.jpg && cmp cut.jpg again.jpg

A file of which nothing can be seen fails in any case.

  $ head -c 200 "$IMAGES"/jpeg/photo-q95-420.jpg > head.jpg && imgc compress -Q --on-corrupt repair head.jpg x.jpg
  imgc: head.jpg: the JPEG ends inside its header
  [1]
  $ test -e x.jpg
  [1]
