"""What every answer of the portal must look like, as functions from text to complaints."""
