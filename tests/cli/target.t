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
