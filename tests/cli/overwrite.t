  $ mkdir in out && cp "$IMAGES"/png/gray-saved-as-rgba.png in/a.png && echo old > out/a.png
  $ imgc compress -Q --no-report --overwrite never in out && cat out/a.png
  old
  $ touch -d 2001-01-01 out/a.png && imgc compress -Q --no-report --overwrite changed in out && head -c 4 out/a.png | tail -c 3
  PNG (no-eol)
  $ stat -c %y out/a.png > before && imgc compress -Q --no-report --overwrite changed in out && stat -c %y out/a.png | cmp - before
  $ echo old > out/a.png && imgc compress -Q --no-report in out && head -c 4 out/a.png | tail -c 3
  PNG (no-eol)
