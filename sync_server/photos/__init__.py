"""Photos that citizens send after their acts: received in pieces, made anew without what they tell, kept as files."""
