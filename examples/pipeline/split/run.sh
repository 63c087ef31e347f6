#!/bin/bash
# Cuts all texts/*.txt into parts of three lines.
set -euo pipefail

mkdir parts
cat texts/*.txt | split --lines 3 - parts/
echo "$(ls parts | wc -l) parts"
