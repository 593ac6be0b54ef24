PNG and JPEG become WebP; what is WebP stays WebP.

  $ mkdir in && cp "$IMAGES"/png/photo-like.png "$IMAGES"/jpeg/photo-q95-420.jpg "$IMAGES"/webp/lossy.webp in
  $ imgc compress -Q --lossy -q 70 --format webp in out && ls out
  imgc-report.json
  lossy.webp
  photo-like.webp
  photo-q95-420.webp
  $ jq -r '.files[] | "\(.format_in) \(.format_out)"' out/imgc-report.json | sort
  jpeg webp
  png webp
  webp webp

Lossless conversion is lossless.

  $ imgc compress -Q --format webp in/photo-like.png exact.webp && imgc compress -Q --format png exact.webp back.png
  $ same-pixels in/photo-like.png back.png
  same

Alpha is never lost without a word.

  $ imgc compress -Q --lossy --format jpeg "$IMAGES"/png/gray-alpha.png a.jpg
  imgc: */gray-alpha.png: *transparent pixels* --background COLOR* (glob)
  [1]
  $ imgc compress -Q --lossy --format jpeg --background white "$IMAGES"/png/gray-alpha.png a.jpg && head -c 3 a.jpg | od -An -tx1
   ff d8 ff

Nor are pixels, frames and colours.

  $ imgc compress -Q --format jpeg in/photo-like.png b.jpg
  imgc: in/photo-like.png: * --lossy* (glob)
  [1]
  $ imgc compress -Q --lossy --format webp "$IMAGES"/png/apng-two-frames.png c.webp
  imgc: */apng-two-frames.png: *animated* (glob)
  [1]
  $ ls *.jpg *.webp
  a.jpg
  exact.webp
