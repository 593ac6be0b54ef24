A tree goes out with its structure, every image in it no larger than before; what is no image is left out.

  $ mkdir -p in/deep/er
  $ cp "$IMAGES"/png/gray-saved-as-rgba.png in/icon.png
  $ cp "$IMAGES"/jpeg/photo-q95-420.jpg in/deep/photo.jpg
  $ cp "$IMAGES"/webp/lossless.webp in/deep/er/art.webp
  $ cp "$IMAGES"/misc/notes.txt in/deep/
  $ LC_ALL=C imgc compress in out
  Compressed 2 of 4 files: * -> *, saved * (*%) (glob)
  1 kept, 1 skipped; * s, * files/s, *B/s (glob)
  Largest savings:
    * -> *  -*%  in/* (glob)
    * -> *  -*%  in/* (glob)
  Kept as they were:
    1  nothing made it smaller
  Skipped:
    1  not an image that imgc reads
  Report: out/imgc-report.json
  $ find out -type f | sort
  out/.imgc/journal.ndjson
  out/.imgc/lock
  out/deep/er/art.webp
  out/deep/photo.jpg
  out/icon.png
  out/imgc-report.json
  $ jq -r '.files[] | "\(.input) \(.outcome) \(.bytes_out <= .bytes_in)"' out/imgc-report.json | sort
  in/deep/er/art.webp kept true
  in/deep/notes.txt skipped true
  in/deep/photo.jpg compressed true
  in/icon.png compressed true
  $ jq -r '.summary.status, .summary.files.failed' out/imgc-report.json
  completed
  0

A second run over the output finds nothing more to do, and never grows anything.

  $ imgc compress -Q out again
  $ for f in icon.png deep/photo.jpg deep/er/art.webp; do cmp out/$f again/$f && echo same; done
  same
  same
  same

With --copy-others the tree is complete.

  $ imgc compress -Q --copy-others in all
  $ cmp in/deep/notes.txt all/deep/notes.txt && echo same
  same

Globs choose. Without a '/' they are held against the name, with one against the path.

  $ imgc compress -Q --no-report --include '*.png' in only && find only -type f
  only/icon.png
  $ imgc compress -Q --no-report --exclude deep in most && find most -type f
  most/icon.png
  $ imgc compress -Q --no-report --exclude 'deep/er/*' in some && find some -type f | sort
  some/deep/photo.jpg
  some/icon.png

The output tree may lie inside the input and is not taken for input.

  $ imgc compress -Q in in/out && find in/out -name '*.png'
  in/out/icon.png
  $ imgc compress -Q in in/out && find in/out -name '*.png'
  in/out/icon.png

Input and output can't be the same.

  $ imgc compress in in
  imgc: in: input and output are the same directory; use --in-place, or give another OUTPUT
  [2]

Links inside a tree are followed only when asked, and loops end.

  $ mkdir links && cp in/icon.png links/a.png && ln -s a.png links/b.png && ln -s . links/loop
  $ imgc compress -Q --no-report links l1 && find l1 -type f
  l1/a.png
  $ imgc compress -Q --no-report --follow links l2 && find l2 -type f | sort
  l2/a.png
  l2/b.png
