"""Reports: results -> HTML pages, JSON, workbooks."""
