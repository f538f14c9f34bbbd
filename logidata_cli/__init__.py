"""The command line: LogiData for people at a terminal, and for CI; it speaks HTTP and knows nothing of the server."""
