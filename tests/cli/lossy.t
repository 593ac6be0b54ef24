Lossy is smaller than lossless, and a second run degrades nothing and says why.

  $ mkdir in && cp "$IMAGES"/png/photo-like.png "$IMAGES"/jpeg/photo-q95-420.jpg "$IMAGES"/webp/lossless.webp in
  $ imgc compress -Q --lossy -q 70 in one && imgc compress -Q --lossy -q 70 one two
  $ for f in photo-like.png photo-q95-420.jpg lossless.webp; do test $(stat -c %s one/$f) -lt $(stat -c %s in/$f) && cmp one/$f two/$f && echo same; done
  same
  same
  same
  $ jq -r '.files[] | "\(.input) \(.outcome) \(.reason.code)"' two/imgc-report.json | sort
  one/lossless.webp kept already_at_quality
  one/photo-like.png kept already_at_quality
  one/photo-q95-420.jpg kept already_at_quality

A JPEG already below the quality is only optimised losslessly, and the report says so.

  $ imgc compress -Q --lossy -q 80 "$IMAGES"/jpeg/photo-q60.jpg j.jpg --report r.json && jq -r '.files[].notes[].code' r.json
  already_at_quality
  $ same-pixels "$IMAGES"/jpeg/photo-q60.jpg j.jpg
  same

Below MIN a PNG is compressed losslessly, and the report says so.

  $ imgc compress -Q --lossy -q 99-100 "$IMAGES"/png/photo-like.png p.png --report r.json && jq -r '.files[].notes[].code' r.json
  below_min_quality
  $ same-pixels "$IMAGES"/png/photo-like.png p.png
  same

Where 256 colours do not reach MIN but truecolour with a little rounding reaches MAX, that is it.

  $ imgc compress -Q --lossy -q 97-97 "$IMAGES"/png/photo-like.png n.png --report r.json && jq -r '.files[] | "\(.recipe) \(.quality) \(.notes[].code)"' r.json
  png-near-lossless-average 97 below_min_quality
  $ imgc score --json "$IMAGES"/png/photo-like.png n.png | jq '.ssimulacra2 >= 97 and .ssimulacra2 < 99'
  true
  $ imgc compress -Q --lossy -q 97-97 n.png again.png && cmp n.png again.png

Each format its own quality.

  $ imgc compress -Q --lossy -q png=30,jpeg=90,webp=50 in own && jq -r '.files[] | "\(.format_in) \(.quality != null)"' own/imgc-report.json | sort
  jpeg true
  png true
  webp true
