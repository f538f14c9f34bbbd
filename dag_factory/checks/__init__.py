"""The checks of a pipeline: its settings, the shape of its graph, and the options of its nodes."""
