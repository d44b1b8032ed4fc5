"""The town's list of residents: from a file of the town hall to codes on paper. Nothing here keeps a name."""
