Safe, the default, drops what does not change how the image looks, and keeps the orientation.

  $ photo="$IMAGES"/jpeg/orientation-6-with-gps.jpg
  $ imgc inspect --json "$photo" | jq -c '[.orientation, .exif.gps]'
  [6,true]
  $ imgc compress -Q "$photo" safe.jpg && imgc inspect --json safe.jpg | jq -c '[.orientation, .exif.gps]'
  [6,false]
  $ imgc compress -Q --strip all "$photo" all.jpg && imgc inspect --json all.jpg | jq -c '[.orientation, .exif.gps]'
  [6,false]
  $ imgc compress -Q --strip all,orientation "$photo" x.jpg
  imgc: --strip: "all" is not metadata: * (glob)
  Try imgc --help or imgc compress --help.
  [2]
  $ imgc compress -Q --keep exif "$photo" keep.jpg && imgc inspect --json keep.jpg | jq -c '[.orientation, .exif.gps]'
  [6,true]
  $ imgc compress -Q --strip none "$photo" none.jpg && imgc inspect --json none.jpg | jq -c '[.orientation, .exif.gps]'
  [6,true]
  $ imgc compress -Q --strip exif,orientation "$photo" no.jpg && imgc inspect --json no.jpg | jq -c '[.orientation, .exif.gps]'
  [1,null]

A thumbnail goes out with its EXIF block, or alone is left behind.

  $ thumbnailed() {
  >   printf '\xff\xd8\xff\xe1\x00\x48Exif\0\0MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x1a'
  >   printf '\x00\x02\x02\x01\x00\x04\x00\x00\x00\x01\x00\x00\x00\x38\x02\x02\x00\x04\x00\x00\x00\x01\x00\x00\x00\x08\x00\x00\x00\x00'
  >   printf '\xff\xd8thumb\xd9' && tail -c +3 "$IMAGES"/jpeg/photo-q60.jpg
  > }
  $ thumbnailed > thumbnailed.jpg && imgc compress -Q --keep exif thumbnailed.jpg kept.jpg && grep -c thumb kept.jpg
  1
  $ imgc compress -Q --strip thumbnail thumbnailed.jpg left.jpg && imgc inspect --json left.jpg | jq -c '[.orientation, .exif != null]'
  [6,true]
  $ grep -c thumb left.jpg
  0
  [1]
  $ same-pixels left.jpg thumbnailed.jpg
  same

Colour profiles and colour chunks stay; text goes unless kept.

  $ png="$IMAGES"/png/with-text-and-time.png
  $ chunks() { imgc inspect --json "$1" | jq -r '[.segments[].name] | join(" ")'; }
  $ chunks "$png"
  IHDR pHYs IDAT tEXt zTXt iTXt tIME IEND
  $ imgc compress -Q "$png" t.png && chunks t.png
  IHDR pHYs IDAT IEND
  $ imgc compress -Q --keep text "$png" t.png && chunks t.png
  IHDR pHYs tEXt zTXt iTXt IDAT IEND
  $ imgc compress -Q --keep tIME "$png" t.png && chunks t.png
  IHDR pHYs tIME IDAT IEND
  $ imgc compress -Q "$IMAGES"/png/gamma-chunk.png g.png && chunks g.png
  IHDR gAMA cHRM IDAT IEND
  $ imgc compress -Q "$IMAGES"/png/with-icc.png i.png && chunks i.png
  IHDR iCCP IDAT IEND

What stands behind a JPEG's image stays there, is said, and goes when asked; another format has no place for it.

  $ imgc compress -Q "$IMAGES"/jpeg/motion-photo.jpg motion.jpg --report r.json && jq -r '.files[] | "\(.outcome) \(.notes[].code)"' r.json
  compressed attached_kept
  $ tail -c 2056 motion.jpg | cmp - <(tail -c 2056 "$IMAGES"/jpeg/motion-photo.jpg) && same-pixels motion.jpg "$IMAGES"/jpeg/motion-photo.jpg
  same
  $ imgc compress -Q --strip attached "$IMAGES"/jpeg/motion-photo.jpg still.jpg --report r.json && jq -r '.files[] | "\(.outcome) \(.notes[].code)"' r.json
  compressed attached_dropped
  $ imgc compress -Q --lossy --format webp "$IMAGES"/jpeg/motion-photo.jpg motion.webp --no-report
  imgc: *motion-photo.jpg: it has data behind the image, such as a motion photo's film or a gain map, that a webp can't hold; drop it with --strip attached (glob)
  [1]
