"""Letters by e-mail: written by whoever needs one, sent by the worker, deleted once they have left."""
