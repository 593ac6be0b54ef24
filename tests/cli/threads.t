The same bytes at any number of threads.

  $ for j in 1 2 8; do imgc compress -Q --no-report -j $j --lossy -q 70 "$IMAGES" j$j || echo failed; done
  $ diff -r j1 j2 && diff -r j1 j8 && echo same
  same
  $ for j in 1 8; do imgc compress -Q --no-report -e fast -j $j "$IMAGES" l$j || echo failed; done
  $ diff -r l1 l8 && echo same
  same
