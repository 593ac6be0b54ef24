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
