import pytest
from lxml import etree

from eval.report import as_junit
from tests.eval.report_values import make_report, make_verdict

# What Jenkins (xunit-plugin's junit-10.xsd), GitLab and the GitHub reporters read, as far as it is used here.
SCHEMA = """
<grammar xmlns="http://relaxng.org/ns/structure/1.0" datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
<start><element name="testsuites"><attribute name="name"/><ref name="counts"/>
  <oneOrMore><element name="testsuite"><attribute name="name"/><ref name="counts"/>
    <optional><element name="properties"><zeroOrMore><element name="property">
      <attribute name="name"/><attribute name="value"/></element></zeroOrMore></element></optional>
    <zeroOrMore><element name="testcase"><attribute name="name"/><attribute name="classname"/>
      <optional><choice>
        <element name="failure"><ref name="problem"/></element>
        <element name="error"><ref name="problem"/></element>
        <element name="system-out"><text/></element>
      </choice></optional></element></zeroOrMore>
  </element></oneOrMore></element></start>
<define name="counts">
  <attribute name="tests"><data type="nonNegativeInteger"/></attribute>
  <attribute name="failures"><data type="nonNegativeInteger"/></attribute>
  <attribute name="errors"><data type="nonNegativeInteger"/></attribute></define>
<define name="problem"><attribute name="message"/><attribute name="type"/><text/></define>
</grammar>"""


def parse(text: str) -> etree._Element:
    root = etree.fromstring(text.encode())
    etree.RelaxNG(etree.fromstring(SCHEMA)).assertValid(root)
    for suite in root:
        assert int(suite.get("tests")) == len(suite.findall("testcase"))
        assert int(suite.get("failures")) == len(suite.findall("testcase/failure"))
        assert int(suite.get("errors")) == len(suite.findall("testcase/error"))
    for total in ("tests", "failures", "errors"):
        assert int(root.get(total)) == sum(int(suite.get(total)) for suite in root)
    return root


def outcome(root: etree._Element, suite: str = "questions") -> dict[str, str]:
    cases = root.findall(f"testsuite[@name='{suite}']/testcase")
    return {
        case.get("name").split()[0]: "pass" if len(case) == 0 or case[0].tag == "system-out" else case[0].tag
        for case in cases
    }


def test_without_a_baseline_a_case_fails_when_nothing_was_right():
    root = parse(as_junit(make_report()))
    assert outcome(root) == {
        "fine": "pass",
        "part": "pass",
        "lost": "failure",
        "mute": "failure",
        "loud": "failure",
        "hush": "pass",
        "deaf": "error",
    }
    assert root.find("testsuite[@name='gate']") is None
    messages = [element.get("message") for element in root.iter("failure", "error")]
    assert messages == [
        "none of its facts was found within 1000 tokens, nor quoted",
        "refused, though the documents say",
        "answered, though the documents do not say",
        "turned away: no words to search for",
    ]


def test_with_a_baseline_a_case_fails_when_it_got_worse():
    root = parse(as_junit(make_report(), make_verdict()))
    assert outcome(root) == {
        "fine": "pass",
        "part": "pass",
        "lost": "failure",
        "mute": "pass",
        "loud": "failure",
        "hush": "pass",
        "deaf": "error",
    }
    loud = next(case for case in root.iter("testcase") if case.get("name").startswith("loud"))
    assert loud[0].get("message") == "against the baseline: worse: answered, was refused"


def test_what_is_missing_is_told_even_where_a_case_passes():
    root = parse(as_junit(make_report()))
    part = next(case for case in root.iter("testcase") if case.get("name") == "part Which ones?")
    assert part.get("classname") == "list"
    lines = part.findtext("system-out").splitlines()
    assert lines == [
        "answered in part at confidence 0.60",
        "not found within 1000 tokens: two",
        "not quoted: two",
        "quoted: a.txt 0-10: Elm House.",
    ]


def test_the_gate_is_a_suite():
    failed = parse(as_junit(make_report(), make_verdict()))
    assert outcome(failed, "gate") == {"gate": "failure"}
    assert failed.get("failures") == "4"
    assert len(failed.findall("testsuite[@name='gate']/testcase")) == 2
    passed = parse(as_junit(make_report(), make_verdict(passed=True)))
    assert outcome(passed, "gate") == {"gate": "pass"}


def test_untrue_quotes_fail():
    assert outcome(parse(as_junit(make_report())), "verbatim") == {"every": "pass"}
    root = parse(as_junit(make_report(violations=("quote 1 of q1 is not the text",))))
    assert outcome(root, "verbatim") == {"every": "failure"}


@pytest.mark.parametrize("verdict", [None, make_verdict()])
def test_hostile_words_stay_words(verdict):
    root = parse(as_junit(make_report(), verdict))
    lost = next(case for case in root.iter("testcase") if case.get("name").startswith("lost"))
    assert '<script>alert("q")</script> a|b' in lost.get("name")
    assert "{{ 7*7 }} ]]> # h" in lost[0].text
    assert "\ufffd[31m" in lost.get("name")


def test_it_is_the_same_every_time():
    assert as_junit(make_report(), make_verdict()) == as_junit(make_report(), make_verdict())
