"""Files coming in and going out: uploads, tables (Excel and CSV) and PDF documents. Knows nothing of the field."""
