A few bytes that ask for gigabytes fail at once and in little memory.

  $ ulimit -v 2000000
  $ for f in huge-text-chunk.png huge-dimensions.png many-scans.jpg truncated.png; do timeout 2 imgc compress -Q "$BROKEN"/$f x.png; echo $?; done
  $ timeout 2 imgc compress -Q "$BROKEN"/huge-arithmetic.jpg y.jpg
  imgc: */huge-arithmetic.jpg: *--max-pixels* (glob)
  [1]
  $ ls

Names can't write to the terminal.

  $ mkdir in && printf x > "$(printf 'in/\033[31mred\n.png')"
  $ imgc compress -Q in out
  imgc: in/\\x1B[31mred\\n.png: named .png, but its content is no image that imgc reads (esc)
  [1]
