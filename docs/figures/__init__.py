"""The drawings of the site, one module a page: `{drawing} docs.figures.MODULE:FUNCTION`."""
