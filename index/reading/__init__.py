"""Reading a text as a person would: its blocks and headings, what is boilerplate, who speaks, which dates."""
