"""Reports: pages made of headings, paragraphs, tables and figures."""
