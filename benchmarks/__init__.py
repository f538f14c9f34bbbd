"""What the product costs beside its alternatives, measured in one run. `make bench` prints and keeps the figures."""
