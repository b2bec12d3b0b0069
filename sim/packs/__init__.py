"""The platforms' own measures: dated files, and the rules by which they count."""
