#!/bin/bash
# Counts the words of each part that `split` left: $TRX_PARENTS/split is its folder, to be read only.
set -euo pipefail

mkdir counts
for part in "$TRX_PARENTS"/split/parts/*; do
  tr -cs '[:alpha:]' '\n' < "$part" | tr '[:upper:]' '[:lower:]' | sed '/^$/d' | sort | uniq -c > "counts/$(basename "$part")"
done
