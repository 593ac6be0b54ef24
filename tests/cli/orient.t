The tag tells viewers to turn the picture. With --auto-orient its coefficients are turned instead, and the tag goes.

  $ photo="$IMAGES"/jpeg/orientation-6-with-gps.jpg
  $ shape() { imgc inspect --json "$1" | jq -c '[.width, .height, .orientation]'; }
  $ shape "$photo"
  [600,400,6]
  $ imgc compress -Q --auto-orient "$photo" upright.jpg && shape upright.jpg
  [400,600,1]

No coefficient is lost: turned back by three quarters it shows the pixels of the original.

  $ imgc compress -Q --rotate 270 upright.jpg back.jpg && shape back.jpg && same-pixels back.jpg "$photo"
  [600,400,1]
  same

What EXIF says of the pixels follows, when it stays.

  $ imgc compress -Q --auto-orient --keep exif "$photo" upright.jpg && imgc inspect --json upright.jpg | jq -c '[.orientation, .exif.gps]'
  [1,true]

--rotate turns what is seen. Where a side ends inside a block nothing is lost either: then the tag says it.

  $ imgc compress -Q --rotate 90 "$photo" tagged.jpg --report r.json && shape tagged.jpg && jq -r '.files[].notes[].text' r.json
  [600,400,3]
  turned by its orientation tag alone: a side ends inside a block, so that its pixels can only be turned --lossy
  $ same-pixels tagged.jpg "$photo"
  same
  $ imgc compress -Q --rotate 90 --strip orientation "$photo" x.jpg
  imgc: *: can't be turned but by its orientation tag, which --strip drops: * (glob)
  [1]
  $ imgc compress -Q --rotate 90 --lossy -q 90 "$photo" lossy.jpg && shape lossy.jpg
  [600,400,1]

PNG turns without loss at any size, WebP lossy or by its tag, and on the way to another format every image does.

  $ imgc compress -Q --auto-orient "$IMAGES"/png/exif-orientation.png upright.png && shape upright.png
  [120,160,1]
  $ imgc compress -Q --rotate 90 upright.png back.png && same-pixels back.png "$IMAGES"/png/exif-orientation.png
  same
  $ imgc compress -Q --rotate 90 "$IMAGES"/webp/lossy.webp tagged.webp && shape tagged.webp
  [600,400,6]
  $ imgc compress -Q --rotate 90 "$IMAGES"/webp/lossless.webp turned.webp && shape turned.webp
  [400,640,1]
  $ imgc compress -Q --lossy --auto-orient --format webp "$photo" upright.webp && shape upright.webp
  [400,600,1]

Even unasked, since browsers see no tag in a WebP; score sees both as viewers show them.

  $ imgc compress -Q --lossy --format webp "$photo" unasked.webp && cmp unasked.webp upright.webp
  $ imgc score --json "$photo" unasked.webp | jq '.ssimulacra2 > 60'
  true
  $ imgc compress -Q --lossy --format webp --strip orientation "$photo" lying.webp && shape lying.webp
  [600,400,1]

Where the format is free it stays as it is, unless the picture is turned.

  $ mkdir phone && cp "$photo" phone && imgc compress -Q --target medium --format auto phone auto && shape auto/*.jpg
  [600,400,6]
  $ imgc compress -Q --target medium --format auto --auto-orient phone auto-oriented && shape auto-oriented/*.webp
  [400,600,1]

A turn that comes to nothing only clears the tag.

  $ imgc compress -Q --rotate 270 "$photo" same.jpg && shape same.jpg && same-pixels same.jpg "$photo"
  [600,400,1]
  same

What can't be turned is not passed off as turned; what lies right stays as it is.

  $ imgc compress -Q --rotate 90 "$IMAGES"/jpeg/arithmetic.jpg x.jpg
  imgc: *arithmetic.jpg: can't be turned: * (glob)
  [1]
  $ imgc compress -Q --rotate 90 "$IMAGES"/png/apng-two-frames.png frames.png && shape frames.png
  [64,64,6]
  $ imgc compress -Q --rotate 90 "$IMAGES"/jpeg/motion-photo.jpg motion.jpg && shape motion.jpg && tail -c 2056 motion.jpg | cmp - <(tail -c 2056 "$IMAGES"/jpeg/motion-photo.jpg)
  [240,160,6]
  $ imgc compress -Q --rotate 90 --strip attached "$IMAGES"/jpeg/motion-photo.jpg still.jpg && shape still.jpg
  [160,240,1]
  $ imgc compress -Q --auto-orient "$IMAGES"/jpeg/photo-q60.jpg a.jpg && imgc compress -Q "$IMAGES"/jpeg/photo-q60.jpg b.jpg && cmp a.jpg b.jpg
  $ imgc compress -Q --rotate 45 "$photo" x.jpg
  imgc: --rotate: "45" is not degrees clockwise: 90, 180 or 270
  Try imgc --help or imgc compress --help.
  [2]
  $ ls x.jpg
  ls: cannot access 'x.jpg': No such file or directory
  [2]
