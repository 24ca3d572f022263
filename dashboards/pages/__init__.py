"""One module a page: a view-model that knows nothing of Panel, and a view made of it."""
