  $ cd "$IMAGES"
  $ imgc inspect jpeg/orientation-6-with-gps.jpg png/four-bit-palette.png webp/animated.webp
  jpeg/orientation-6-with-gps.jpg
    format       jpeg
    size         43.9 KB (43874 bytes)
    dimensions   600 x 400, 0.24 megapixels
    depth        8 bits a sample
    colour       rgb
    encoding     baseline, 4:2:0
    alpha        no
    frames       1
    quality      about 92
    orientation  6, turned 90 degrees clockwise
    camera       Lumen One
    date         2024:06:21 21:14:07
    GPS          yes
    segments     SOI                2
                 APP0 JFIF         18
                 APP1 Exif        222
                 DQT x 2          138
                 SOF0              19
                 DHT x 4          432
                 SOS            43041
                 EOI                2
  
  png/four-bit-palette.png
    format       png
    size         1.94 KB (1939 bytes)
    dimensions   320 x 240, 0.08 megapixels
    depth        4 bits a sample
    colour       rgb
    encoding     indexed
    alpha        no
    frames       1
    quality      lossless
    orientation  1, upright
    segments     IHDR         25
                 PLTE         30
                 IDAT       1864
                 IEND         12
  
  webp/animated.webp
    format       webp
    size         3.43 KB (3434 bytes)
    dimensions   120 x 90, 0.01 megapixels
    depth        8 bits a sample
    colour       rgb
    encoding     animated
    alpha        no
    frames       3
    quality      lossy, unknown
    orientation  1, upright
    kept because an animation of 3 frames
    segments     RIFF             12
                 VP8X             18
                 ANIM             14
                 ANMF x 3       3390
  $ imgc inspect --json png/with-icc.png | jq -c '[.format, .width, .depth, .icc]'
  ["png",160,8,{"name":"imgc test, wide gamut","bytes":504}]
  $ imgc inspect "$BROKEN"/huge-dimensions.png misc/notes.txt missing.png 2>&1 | sed "s#$BROKEN#BROKEN#"
  imgc: BROKEN/huge-dimensions.png: 2147483647x2147483647 is 4611686014132420609 pixels, over the limit of 500000000; raise it with --max-pixels
  imgc: misc/notes.txt: not an image that imgc knows
  imgc: missing.png: can't open for reading: No such file or directory
  $ imgc inspect missing.png 2> /dev/null
  [1]
