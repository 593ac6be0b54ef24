A score is reached whatever the format, and the report says which.

  $ mkdir in && cp "$IMAGES"/png/photo-like.png "$IMAGES"/jpeg/photo-q95-420.jpg "$IMAGES"/webp/lossy.webp in
  $ imgc compress -Q --target medium in out
  $ jq -r '.options.target, (.files[] | "\(.input) \(.outcome) \(.quality != null and .score >= 70)")' out/imgc-report.json | sort
  70
  in/lossy.webp compressed true
  in/photo-like.png compressed true
  in/photo-q95-420.jpg compressed true

The score is what imgc score says.

  $ reported=$(jq '.files[] | select(.input == "in/photo-like.png") | .score' out/imgc-report.json)
  $ measured=$(imgc score --json in/photo-like.png out/photo-like.png | jq '.ssimulacra2 * 100 | round / 100')
  $ test "$reported" = "$measured" || echo "$reported $measured"

A size is kept, or the file fails and says what it takes.

  $ imgc compress -Q --max-size 6KB in/photo-like.png fits.png && test $(stat -c %s fits.png) -le 6000
  $ imgc compress -Q --max-size 10 in/photo-like.png never.png
  imgc: in/photo-like.png: even at the lowest quality it takes * KB, over the --max-size of 10 B (glob)
  [1]
  $ test -e never.png
  [1]

With --format auto each image gets the format in which it is smallest at that score, and the extension of it;
alpha stays, and so does an animation.

  $ mkdir mixed && cp "$IMAGES"/png/photo-like.png "$IMAGES"/png/screenshot-like.png "$IMAGES"/png/gray-alpha.png "$IMAGES"/png/apng-two-frames.png "$IMAGES"/jpeg/photo-q95-420.jpg mixed
  $ imgc compress -Q --target 80 --format auto mixed auto && ls auto
  apng-two-frames.png
  gray-alpha.webp
  imgc-report.json
  photo-like.webp
  photo-q95-420.jpg
  screenshot-like.png
  $ for f in png jpeg webp; do imgc compress -Q --target 80 --format $f --background white --no-report mixed/photo-like.png one.$f && test $(stat -c %s one.$f) -ge $(stat -c %s auto/photo-like.webp) || echo $f; done
  $ jq -r '.options.format, (.files[] | select(.input == "mixed/photo-like.png") | "\(.output) \(.format_out) \(.score >= 80)")' auto/imgc-report.json
  auto
  auto/photo-like.webp webp true
  $ imgc inspect --json auto/gray-alpha.webp | jq .alpha
  true

A second run leaves what is there alone when asked to, whatever its format.

  $ imgc compress -Q --target 80 --format auto --overwrite never mixed auto --report again.json && jq -r '.files[].outcome' again.json | sort -u
  skipped

So do lossless images, and those that must fit into a size; qualities can't be compared.

  $ mkdir exact fits && imgc compress -Q --format auto mixed/gray-alpha.png exact && ls exact
  gray-alpha.webp
  imgc-report.json
  $ imgc compress -Q --max-size 3KB --format auto mixed/photo-like.png fits && test $(stat -c %s fits/photo-like.*) -le 3000
  $ imgc compress --lossy -q 70 --format auto mixed auto
  imgc: --format auto needs --target or --max-size to be lossy, since a quality means something else in each format
  [2]

Two inputs that might get the same name are found before anything is written.

  $ mkdir twins && cp "$IMAGES"/png/gray-alpha.png twins/a.png && cp "$IMAGES"/jpeg/photo-q95-420.jpg twins/a.jpg
  $ imgc compress --target 80 --format auto twins both
  imgc: both/a.* would be written from twins/a.jpg, twins/a.png
  imgc: several inputs would have one output, so nothing was done; name outputs in a --manifest, use --on-collision suffix, or run them apart
  [2]
  $ imgc compress -Q --target 80 --format auto --on-collision suffix --no-report twins both && ls both
  a.jpg.jpg
  a.png.webp

What is meaningless together is refused.

  $ imgc compress --target 80 -q 70 in out
  imgc: --quality and --target exclude each other: the quality is what is looked for
  [2]
  $ imgc compress --target 80 --max-size 1MB in out
  imgc: --target and --max-size exclude each other
  [2]
  $ imgc compress --target 80 --in-place in
  imgc: --target measures against the input, so that with --in-place every run would lose some more; give an OUTPUT
  [2]
  $ imgc compress --target best in out
  imgc: --target: "best" is not a score from 0 to 100, or visually-lossless, high, medium or low
  Try imgc --help or imgc compress --help.
  [2]
