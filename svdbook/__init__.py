"""Helper package of a course on the singular value decomposition."""
