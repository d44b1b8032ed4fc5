"""Real participation brought in from elsewhere, and replayed through the front door like any citizen's acts."""
