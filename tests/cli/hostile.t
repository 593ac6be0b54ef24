A few bytes that ask for gigabytes fail at once and in little memory.

  $ cd "$BROKEN"
  $ for f in huge-text-chunk.png huge-dimensions.png many-scans.jpg huge-arithmetic.jpg truncated.png; do
  >   "$TESTDIR"/within.py 2 150 imgc compress -Q $f "$CRAMTMP"/out || echo $?
  > done
  imgc: huge-text-chunk.png: its tEXt chunk of 2.15 GB is over the limit of 16.8 MB a chunk
  1
  imgc: huge-dimensions.png: 2147483647x2147483647 is 4611686014132420609 pixels, over the limit of 500000000; raise it with --max-pixels
  1
  imgc: many-scans.jpg: the JPEG has more scans than the limit
  1
  imgc: huge-arithmetic.jpg: the image has 35584 x 18696 pixels, more than the limit of 500000000; raise it with --max-pixels
  1
  imgc: truncated.png: the file ends inside its IDAT chunk
  1
  $ cd "$CRAMTMP" && test -e out
  [1]

Names can't write to the terminal.

  $ mkdir in && printf x > "$(printf 'in/\033[31mred\n.png')"
  $ imgc compress -Q in out
  imgc: in/\\x1B[31mred\\n.png: named .png, but its content is no image that imgc reads (esc)
  [1]

Images of strangers get tighter limits.

  $ imgc compress -Q --untrusted "$IMAGES"/png/apng-two-frames.png x.png
  imgc: */apng-two-frames.png: it has 2 frames, over the limit of 1; raise it with --max-frames (glob)
  [1]
  $ imgc compress -Q --untrusted "$IMAGES"/png/icon-tiny.png out-untrusted/ && jq -c '.options | [.max_pixels, .max_frames, .timeout]' out-untrusted/imgc-report.json
  [50000000,1,10]
  $ imgc compress -Q --untrusted --max-pixels 1M "$IMAGES"/png/icon-tiny.png out-untrusted/ && jq -c '.options.max_pixels' out-untrusted/imgc-report.json
  1000000
