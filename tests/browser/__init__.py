"""The builder in Debian's Chromium, on the real stack."""
