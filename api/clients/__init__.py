"""Other systems' APIs."""
