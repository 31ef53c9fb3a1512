"""Whose words are whose: on articles written for this test, and on the seeds' marked regions where they are at hand.

The measure is per character. In the articles below `{speaker|words}` marks what a speaker says; a character counts as
right when it is given to a speaker whose name holds the marked one (or is held by it). Precision is the share of
characters given to someone that are right, recall the share of marked characters that are right, F1 their mean.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.reading.structure import infer_blocks
from index.reading.voices import speeches
from index.reading.voices.marks import quoted
from index.types import Block, Speech
from tests.index.quotation_texts import DEVELOPMENT, UNSEEN
from tests.work import ends, grows_in_step

SEEDS = Path(__file__).resolve().parents[3] / "shared" / "seeds"
_MARKED = re.compile(r"\{([^|{}]+)\|([^{}]*)\}", re.DOTALL)

ARTICLES = {
    "local news": """
Harbour board plans new ferry pier

A ferry pier will be built at Westhaven next spring, the harbour board announced on Monday.

{Mary Holt|“This has been ten years in the making,”} said Mary Holt, the board's chair. {Mary Holt|“We listened to
everyone who uses the water, and we changed the drawings twice.”}

{Mary Holt|“It will not please everybody.”}

The plan replaces the so-called “old stage”, which closed after the storm. Local anglers call it “a lost cause”.

But Tom Birch, who runs the sailing school, warned: {Tom Birch|“Nobody has asked who pays for the dredging.”} He added
that the figures were “not worth the paper”.

{Birch|“I shall be writing to the minister,”} he said.
""",
    "council statement": """
Statement on the library review

Leader of the council, Councillor Priya Nair, said:

{Priya Nair|“Our libraries are loved, and the review shows it.

“We will keep all nine branches open. Some will open for fewer hours.

“I want to thank the four thousand people who wrote to us.”}

Head of libraries Owen Pugh said:

{Owen Pugh|“The staff have shown great patience.”}

The review begins in May. Residents may comment online.
""",
    "inspection report in the press": """
Care home told to improve

A care home in Dunmore has been rated “requires improvement” by the regulator, which found medicines kept in an
unlocked cupboard.

The Care Regulator's report, published on Tuesday, said: {Care Regulator|“People waited too long for help at night. The
call bells were out of reach in four of the rooms we saw.”}

Inspectors noted that staff were {Inspectors|“kind but rushed and often did not have time to talk”}.

A spokesperson for Dunmore Homes said the company had {spokesperson for Dunmore Homes|“already put in place a plan that
covers every point raised by the inspectors”}.

According to the report, {the report|“the manager did not know how many residents had fallen since January”}.
""",
    "single quotes": """
Bus cuts anger villagers

Villagers in Upper Marl say that the loss of the number 12 bus will leave them stranded.

{Agnes Reed|'I can't drive and I won't ask my daughter to give up her job,'} said Agnes Reed, 81. {Agnes Reed|'The
drivers' union has been our only friend.'}

Operator Swiftway said: {Swiftway|'We carried three passengers a day on the 12. No company could go on like that.'}

The 'rural lifeline' fund was set up in 2009.
""",
    "broken quotations": """
{Dr Lena Fox|"We do not know yet,"} Dr Lena Fox told reporters, {Lena Fox|"and I would rather say so than guess."}

{Lena Fox|"The samples,"} she explained, {Lena Fox|"were taken in June. They went to two laboratories."}

Her deputy, Sam Oduya, was more hopeful. {Sam Oduya|"The second result is encouraging,"} he said.

Fox later wrote on the hospital's website: {Fox|"Until both results agree we shall keep the ward closed."}
""",
    "block quotation without marks": """
The inquiry into the flood

The inquiry was set up in March and heard from sixty people over nine days. Its terms were narrow from the start.

The final report concluded:

{The final report|The sluice was not opened because no one on duty knew that they were allowed to open it. The
rota had been changed the day before and the new one had not been sent to the gatehouse.}

The author of this page was not a member of the inquiry and has relied on its published papers.
""",
    "reports and no speech": """
A short guide to the scheme

The scheme known as "Safe Streets" began in 2011. It replaced the "warm words" of an earlier plan, "Better Roads for
Everyone", and it is often described as "radical". Critics of the "nanny state" disliked it.

The word "collision" is used in this guide instead of "accident". See "How to complain" below. The film "The Long
Way Home Again" was shot here, and the 12" pipe under the square is said to be the oldest in the town.

Teachers' pay and councillors' expenses are covered in 'Money matters', a leaflet. Rock 'n' roll nights are on Fridays.
""",
    "unattributed marks": """
The committee's work

"Nothing about us without us" has been the rule since the start. Members found the new room too small and the
chairs too hard. Reports were late. The minutes state the time of each vote.

It was found that "the door had been left open", though nobody has said by whom.
""",
    "court report": """
Judge criticises delay

Mrs Justice Hale-Brown said in a written judgment: {Justice Hale-Brown|“It is, in my view, wholly unacceptable that a
child of six should wait fourteen months. I said so in May; I say so again.”}

For the local authority, Mr Keane QC argued that {Keane|“the delay was caused by the late filing of three experts’
reports”}. The judge rejected this. {Hale-Brown|“The experts were instructed late,”} she said.

The father, who cannot be named, told the court: {The father|“I just want him home.”}
""",
    "nested": """
Union questions figures

Union official Greta Simms said: {Greta Simms|“The director told us, ‘There is no more money,’ and then found a million
for offices. When I asked why, he said ‘wait and see’.”}

{Simms|“My members are tired,”} Simms said. {Simms|“They read ‘efficiency’ and hear ‘cuts’.”}

In its reply the council said {council|"no decision had been taken on any of the posts mentioned by the union"}.
""",
    "marks missing": """
The school's reply

Head teacher Joan Ellery said: {Joan Ellery|"We are proud of our results.

"They are the best in the county.}

The governors meet again in June.

Parents' leader Ali Khan said: {Ali Khan|“Results are not everything. My son learnt to dislike reading.}
""",
    "quotes from documents": """
The letter that started it

The letter, dated 3 May, reads: {The letter|"You are asked to leave the premises by noon on Friday."} It is signed by
nobody.

The Housing Act says little about such letters. The ombudsman has since stated that
{The ombudsman|"a notice of this kind has no force unless it names the person who gives it"}, and the guidance
was changed.

{guidance|"A notice must name its sender,"} the guidance now states.
""",
    "a school and its council": """
Parents at Kingsmead primary reacted with fury last night. {Dawn Price|“It's a disgrace,”} said Dawn Price,
whose two sons attend the school. {Price|“They told us by text message.”}

Chair of governors Rev Peter Hall apologised. {Peter Hall|“We got this wrong,”} he told the Gazette.
{Hall|“The letter should have gone out first, and it did not.”}

Kent County Council, which runs the school, declined to comment on "individual cases" but a spokeswoman
said: {spokeswoman|“All decisions follow the code.”}
""",
    "an audit": """
The Audit Commission has criticised the way the trust was run.

In a 40-page report it says that the board {Audit Commission|"failed to ask basic questions about the cost
of the new hospital"} and that minutes were "incomplete".

{the report|"Had the board read its own papers, the overspend would have been found in May,"} the report says.

Trust chief executive Nikhil Rao, who joined in July, commented: {Nikhil Rao|"I accept every word of this.

"We have begun to put it right."}
""",
    "peers in single quotes": """
{Lord Ames|‘There has never been a better time to build,’} Lord Ames told peers on Thursday, {Ames|‘and
never a worse time to wait.’}

According to Ames, the bill would {Ames|‘free councils from rules that nobody understands any more’}.

Opposition spokesman Jim Dale was unimpressed: {Jim Dale|‘He has said the same every year since I was
elected.’}

The so-called ‘builders’ charter’ has few friends in Whitehall.
""",
    "a letter and a statement": """
As the ombudsman put it: {ombudsman|“No one should have to ask four times for the same form.”}

In her witness statement, Ms Okafor describes how {Okafor|“the phone rang and rang and I knew that nobody
would come”}.

The department responded in a letter dated 4 June: {The department|“We regret the delay and have changed our
procedures.”}

"Best value" is a term of art, and "Working Together to Keep Children Safe" is the title of the guidance.
""",
    "a panel": """
The panel concluded:

{The panel|“There was no plan.”}

Ms Wren added: {Wren|"I asked for one in every meeting I went to."}

Asked whether he would resign, Mr Stone replied: {Stone|"Certainly not."} He left by the back door.
""",
    "reported speech without marks": """
The mayor said that the road would open on time. She said the cost had not risen. Officers told the panel that two
contractors had withdrawn. The panel noted the report and asked for another. Nothing else was said, and no one
asked what "on time" meant.
""",
}


def unmarked(article: str) -> tuple[str, dict[int, str]]:
    """An article without its marks, and the speaker of each character that has one."""
    text, expected, at = "", {}, 0
    article = "\n\n".join(p.replace("\n", " ") for p in article.strip().split("\n\n"))
    for match in _MARKED.finditer(article):
        text += article[at : match.start()]
        expected |= dict.fromkeys(range(len(text), len(text) + len(match[2])), match[1])
        text += match[2]
        at = match.end()
    return text + article[at:], expected


def same(name: str, other: str) -> bool:
    name, other = name.casefold(), other.casefold()
    return name in other or other in name


def score(expected: dict[int, str], found: tuple[Speech, ...]) -> tuple[int, int, int]:
    """Characters right, given, and marked."""
    given = {i: speech.speaker for speech in found for i in range(speech.start, speech.end)}
    right = sum(i in expected and same(name, expected[i]) for i, name in given.items())
    return right, len(given), len(expected)


@pytest.mark.parametrize("name", ARTICLES)
def test_quotations_go_to_who_spoke_them(name: str) -> None:
    text, expected = unmarked(ARTICLES[name])
    found = speeches(text)
    right, given, marked = score(expected, found)
    told = [(speech.speaker, text[speech.start : speech.end]) for speech in found]
    assert right >= 0.8 * marked, told
    assert given - right <= 0.1 * max(marked, 40), told


@pytest.mark.parametrize("texts", [DEVELOPMENT, UNSEEN], ids=["development", "unseen"])
def test_quotations_in_thirty_nine_more_paragraphs(texts: dict[str, str]) -> None:
    """Over all of them, as one paragraph has too few characters to say much."""
    scores = [score(expected, speeches(text)) for text, expected in map(unmarked, texts.values())]
    right, given, marked = map(sum, zip(*scores, strict=True))
    assert right >= 0.95 * given, f"precision {right / given:.3f}"
    assert right >= 0.95 * marked, f"recall {right / marked:.3f}"


@pytest.mark.parametrize(
    "name", [name for name in (*DEVELOPMENT, *UNSEEN) if "indirect" in name or "scare" in name]
)
def test_indirect_speech_and_scare_quotes_are_the_authors(name: str) -> None:
    for texts in (DEVELOPMENT, UNSEEN):
        if name in texts:
            assert speeches(unmarked(texts[name])[0]) == ()


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("Ann Lee told the Gazette, adding: “I would not stand under that roof.”", "Ann Lee"),
        (
            "Ann Lee was there.\n\nThe 61-year-old said she hadn't slept. “I lay awake,” the 61-year-old said.",
            None,
        ),
        ("“We asked for a crossing twice,” says the club's chair, Mike Dunn.", "Mike Dunn, club's chair"),
        ("Ofsted published it on Monday. Its report says: “Nobody had asked the child.”", "Ofsted"),
        ("Ann Lee was cross. His wife, Carol, was there too. “I want to go home,” she said.", "Carol"),
        ("The trust has a plan called “Better roads for every village in the county”.", None),
        (
            "A title\n\n“I opened the letter and I had to sit down.”\n\nAnn Lee, 54, was told in March.",
            "Ann Lee",
        ),
    ],
)
def test_who_is_meant(text: str, speaker: str | None) -> None:
    found = {speech.speaker for speech in speeches(text)}
    assert found == ({speaker} if speaker else found & {"Ann Lee", "the 61-year-old"}), found


COMMENTS = {
    "numbered, with a hash": """
The bridge is shut

It will stay shut.

2 Responses to The bridge is shut

  1. Ann Lee April 11, 2017 at 11:17 am #

    I walked over it for years.

    1116 hrs, 11 Apr 2017

    • Bo Ray April 12, 2017 at 9:44 pm #

      So did I.
""",
    "name and date on lines of their own": """
The bridge is shut

It will stay shut.

Comments (2)

Ann Lee says:
11 April 2017 at 11:17

I walked over it for years.

Bo Ray says:
12 April 2017 at 21:44

So did I.

Leave a Reply
Your email address will not be published.
""",
    "days ago, and no heading": """
The bridge is shut

It will stay shut.

Ann Lee 11 April 2017 at 11:17 Reply

I walked over it for years.

Bo Ray 12 April 2017 at 21:44 Reply

So did I.
""",
}


@pytest.mark.parametrize("name", COMMENTS)
def test_readers_comments_are_public_with_their_name_and_day(name: str) -> None:
    text = COMMENTS[name].strip()
    found = speeches(text)
    assert [(s.voice, s.speaker, s.published) for s in found] == [
        ("public", "Ann Lee", "2017-04-11"),
        ("public", "Bo Ray", "2017-04-12"),
    ]
    assert text[found[0].start :].startswith("Ann Lee") or text[found[0].start :].startswith("1. Ann Lee")
    assert "over it for years." in text[found[0].start : found[0].end]
    assert text[found[1].start : found[1].end].endswith("So did I.")


@pytest.mark.parametrize(
    "text",
    [
        "Minutes\n\nAnn Lee, 11 April 2017\n\nShe told the board so.\n\nBo Ray, 12 April 2017\n\nHe did too.",
        "News\n\nBridge shut 11 April 2017 at 11:17\n\nIt will stay shut.",
        "Comments\n\nThe board has no comments on the report of 11 April 2017.",
        "Agency Comments\n\nThe board agreed.\n\nWesthaven, ME 04091\n\n11 April 2017\n\nDear Ms Ray,\n\nWe did.",
        "Board Comments\n\nIt agreed.\n\nWesthaven WH1 7QT\n11 April 2017\n\nDear Ms Ray,\n\nWe did so.",
    ],
)
def test_names_and_dates_alone_are_no_comments(text: str) -> None:
    assert [speech for speech in speeches(text) if speech.voice] == []


@pytest.mark.parametrize(
    "footer",
    [
        "1 to 5 July 2024 {page}",
        "Audit of Westhaven harbour board 3 March 2021 {page}",
        "Scrutiny Committee 14 April 2021 10:30",
        "Printed by R Moss 14/04/2021 10:30",
        "Page {page} 14 April 2021 at 10:30",
    ],
)
def test_the_running_footer_of_a_report_heads_no_comment(footer: str) -> None:
    """What an inspector writes must never pass for what a reader says."""
    pages = [
        f"{page}. The board keeps no record of its {thing}.\n\n{footer.format(page=page)}\n\n"
        for page, thing in enumerate(["boats", "ropes", "dues", "berths", "lamps"], 1)
    ]
    text = "".join(pages)
    blocks = infer_blocks(text)
    assert not [speech for speech in speeches(text, blocks) if speech.voice == "public"]


def test_marks_that_do_not_match() -> None:
    for text, expected in (
        ('She saw “one" and "two” there.', ['“one"', '"two”']),
        ('He said "a “b” c" and went.', ['"a “b” c"']),
        ("The teachers' room, '90s style.", []),
        ('A 12" pipe and a 6" one.', []),
    ):
        assert [text[q.start : q.end] for q in quoted(text, 0, len(text)) if q.closed] == expected


def test_headings_furniture_and_rows_hold_no_quotations() -> None:
    text = "“We are very sorry for all of it,” said Ann Lee."
    for kind in ("furniture", "row"):
        assert speeches(text, (Block(kind, 0, len(text)),)) == (), kind
    assert speeches(text[:-1], (Block("heading", 0, len(text) - 1),)) == ()
    assert speeches(text, (Block("paragraph", 0, len(text)),))
    assert speeches("") == ()


@given(st.text(alphabet="ab A.,:\n\"“”'‘’said-", max_size=300))
def test_any_text_gives_speeches_in_order_inside_it(text: str) -> None:
    at = 0
    for speech in speeches(text):
        assert at <= speech.start < speech.end <= len(text) and speech.speaker
        at = speech.end


@pytest.mark.parametrize(
    ("unit", "count"),
    [('"', 200_000), ("“a” said ", 10_000), ("x's 'y ", 40_000), ("Ab ", 300_000), ("a\n", 10_000),
     ("Ann Lee 3 May 2018 at 10:15\n", 2_000), ("said, ", 80_000)],
    ids=["marks", "quotes", "apostrophes", "names", "lines", "headers", "verbs"],
)  # fmt: skip
def test_hostile_text_takes_work_in_step_with_its_length(unit: str, count: int) -> None:
    assert grows_in_step(speeches, lambda n: unit * n + "said", 200)
    with ends():
        speeches(unit * count + "said")


# Whom the regions' notes name, as a word of the speaker's name.
_NAMED = {
    ("000", 2405): "report", ("000", 3290): "report", ("000", 4618): "Ofsted", ("000", 5234): "Summary",
    ("000", 6012): "report", ("000", 7009): "Advertiser", ("000", 9904): "report", ("000", 11248): "report",
    ("002", 5151): "Tuckley", ("003", 1352): "judgment", ("003", 3462): "judgment", ("003", 4638): "Biggs",
    ("004", 1568): "Tuckley", ("004", 2241): "Biggs",
}  # fmt: skip


@pytest.mark.skipif(not SEEDS.is_dir(), reason=f"{SEEDS} is not here")
def test_the_marked_regions_of_the_seeds() -> None:
    right = marked = 0
    texts = {path.name[:3]: path.read_bytes().decode() for path in SEEDS.glob("0*.txt")}
    found = {doc: speeches(text) for doc, text in texts.items()}
    for line in (SEEDS / "regions.jsonl").read_text("utf-8").splitlines():
        region = json.loads(line)
        doc, start, end = region["doc"], region["start"], region["end"]
        inside = [s for s in found[doc] if s.start < end and start < s.end]
        if region["kind"] == "reader_comment":
            name = region["note"].partition(",")[0]
            assert [(s.voice, s.speaker, s.start, s.end) for s in inside] == [("public", name, start, end)]
        elif region["kind"] == "quoted_voice":
            marked += end - start
            named = _NAMED[doc, start]
            right += sum(min(s.end, end) - max(s.start, start) for s in inside if named in s.speaker)
    assert right >= 0.8 * marked, right / marked
    assert found["001"] == ()  # an inspection report in its own voice
