"""A report in each of its forms; every one a function from the report, and a verdict if there is one, to text.

`as_json` is for programs, the others are for people and their tools. All but `as_table` leave out what took how
long, so the same run gives the same file to the last byte.
"""

from eval.report.data import as_json
from eval.report.html import as_html
from eval.report.junit import as_junit
from eval.report.markdown import as_markdown
from eval.report.table import as_table

__all__ = ["as_html", "as_json", "as_junit", "as_markdown", "as_table"]
