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
