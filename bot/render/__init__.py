"""Values to text: comments, tables, pages. The only place where a number is rounded."""
