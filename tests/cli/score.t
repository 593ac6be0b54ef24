How much images look like a reference.

  $ cd "$IMAGES"
  $ imgc score png/with-icc.png png/with-icc.png
  SSIMULACRA2   PSNR dB  file
     100.0000    100.00  png/with-icc.png

Fewer colours and a lower quality are worse, and "-" is standard input.

  $ imgc compress -Q --no-report --lossy -q 90 --format webp png/with-icc.png "$CRAMTMP"/good.webp
  $ imgc compress -Q --no-report --lossy -q 20 --format webp png/with-icc.png "$CRAMTMP"/bad.webp
  $ imgc score --json png/with-icc.png "$CRAMTMP"/good.webp - < "$CRAMTMP"/bad.webp > "$CRAMTMP"/scores
  $ jq -s -c '[.[0].ssimulacra2 > 70, .[1].ssimulacra2 < .[0].ssimulacra2, .[1].psnr < .[0].psnr]' "$CRAMTMP"/scores
  [true,true,true]
  $ jq -c '[.reference, .file | split("/")[-1]]' "$CRAMTMP"/scores
  ["with-icc.png","good.webp"]
  ["with-icc.png","-"]

What can't be compared is named, and the others go on.

  $ imgc score png/with-icc.png png/four-bit-palette.png misc/notes.txt missing.png png/with-icc.png
  SSIMULACRA2   PSNR dB  file
  imgc: png/four-bit-palette.png: it is 320x240 and the reference 160x120; only images of one size can be compared
  imgc: misc/notes.txt: not an image that imgc knows
  imgc: missing.png: can't open for reading: No such file or directory
     100.0000    100.00  png/with-icc.png
  [1]
  $ imgc score --json png/with-icc.png missing.png 2> /dev/null | jq -c .
  {"reference":"png/with-icc.png","file":"missing.png","error":{"code":"not_found","message":"can't open for reading: No such file or directory"}}
  $ imgc score missing.png png/with-icc.png
  imgc: missing.png: can't open for reading: No such file or directory
  [1]
  $ imgc score png/with-icc.png 2>&1 | head -1
  imgc: DIST is required
