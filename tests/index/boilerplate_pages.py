"""Pages written for the tests, in the layouts of many kinds of site. ⟦…⟧ is round what is boilerplate."""

# ruff: noqa: E501 - a page has a paragraph to a line

NEWS = """⟦Skip to main content⟧
⟦Home | News | Sport | Business | Weather⟧
⟦Advertisement⟧

River barrier left half built as costs double

By Anna Feld, environment correspondent
3 March 2021 14:05

⟦Share this article⟧
⟦Facebook Twitter WhatsApp Email⟧

The flood barrier at Marlow Reach will not be finished before 2024, the river authority admitted on Tuesday.

Its cost has risen from £41m to £86m since the work began. Engineers found soft clay where their maps showed chalk.

⟦A crane stands idle beside the unfinished barrier. Photo: Tom Hale/Newsline⟧

‘Nobody told us’

Residents of the lower town said they had learned of the delay from a notice on a lamp post. "Nobody told us
anything," said Ruth Dale, who runs a bakery on Quay Street.

The authority said that it had written to 1,200 households and that cookies of foam would protect the pumps for now.

⟦Read more: How the barrier was planned⟧

A member of the board, who asked not to be named, said the contract had been signed before the survey was read.

⟦Related stories⟧
⟦Bridge closed for a third winter⟧
⟦Who pays for the flood wall?⟧

⟦Sign up to our free daily newsletter for the top stories in your inbox⟧
⟦Tags: flooding, Marlow Reach, river authority⟧
⟦© 2021 Newsline Media Ltd. All rights reserved.⟧
⟦Terms and conditions | Privacy policy | Contact us⟧
"""

COUNCIL = """⟦This site uses cookies to make it work. By continuing you agree to our use of cookies.⟧

⟦Accept all cookies⟧

⟦You are here: Home > Newsroom > 2022⟧

New library for Estcombe approved

Work on a new library in Estcombe will begin in June after the cabinet approved the plans last night.

The building will hold 30,000 books, a children's room and a café run by volunteers. It replaces the branch in Mill Lane, which closed in 2019 when part of the roof fell in.

Councillor Priya Nair, cabinet member for culture, said:

"People here have waited three years. They told us what they missed, and we listened."

The council will spend £3.2m, of which £1m comes from the sale of the old site.

Notes to editors

The old branch was opened in 1934 and was a listed building until 2018.

The decision may be called in by the scrutiny committee until 4 May.

⟦For media enquiries, please contact the press office on 020 7946 0111 or email press@estcombe.example⟧

⟦Last updated: 21 April 2022⟧

⟦Back to top⟧
⟦Follow us on Twitter⟧
⟦Estcombe Borough Council, Town Hall, High Street, Estcombe EC9 4ZZ⟧
"""

CHARITY = """Why respite care matters
⟦6 min read⟧
Last month I met a father who had not slept a whole night in four years. His daughter has a rare form of epilepsy, and somebody has to watch her.
His council offers four nights of respite a year. He has asked for twelve.
What the law says
Councils have to assess carers who ask. They do not have to provide what the assessment finds, and this is where most families give up.
What we found
We asked 61 councils how many nights they fund. Only nine could say. Of these, the most generous gave thirty nights and the meanest two.
A freedom of information request should not be the only way to learn this.
⟦If you enjoyed this article, please consider donating to support our work⟧
⟦Donate now⟧
⟦Leave a reply⟧
⟦Your email address will not be published. Required fields are marked *⟧
⟦Carers Together is a registered charity number 000000 in England and Wales⟧
"""

GOV_REPORT = """HARBOUR SAFETY BOARD

Review of the grounding of the ferry Isolde

⟦Contents⟧

⟦1. Summary .......................... 3⟧
⟦2. What happened .................... 5⟧
⟦3. Findings ......................... 11⟧
⟦Annex A: People we spoke to ......... 19⟧

1. Summary

1.1 On 9 November 2020 the ferry Isolde ran aground on the Calf with 212 people on
board. Nobody died. Eleven were hurt, two of them badly.

1.2 The officer of the watch had been awake for nineteen hours. The operator's own
rules allow fourteen.

2. What happened

2.1 The Isolde left Port Ansel at 04:10, forty minutes late, because a lorry had
broken down on the ramp. The master went to his cabin at 04:30.

2.2 At 05:02 the track on the chart began to leave the channel. No alarm sounded: it
had been switched off in August and nobody had recorded why.

3. Findings

3.1 The operator knew of eleven earlier cases in which officers had worked beyond the
limit. It had reported none of them to the Board.

3.2 The Board did not ask. Its last audit of the operator was in 2014.

Annex A: People we spoke to

The master, the officer of the watch, two engineers, and nine passengers spoke to us.

⟦You may reuse this document free of charge under the terms of the Open Government Licence.⟧

⟦If you need this document in another format, such as large print or Braille, please call 0300 000 0000.⟧

⟦ISBN 000-0-00-000000-0⟧
"""

FORUM = """⟦Home › Forums › Allotments › Pests⟧

Topic: Slugs in the cold frame

⟦Log in to reply⟧

mossy_pete
2 May 2020, 8:14 pm

I lost every lettuce in one night. Has anybody tried nematodes in a cold frame, or is the soil too dry for them?

⟦Reply⟧
⟦Report⟧

Greta H
2 May 2020, 9:40 pm

They need soil above five degrees and it has to stay damp for a fortnight. I water the frame from a can with a fine rose before and after.

⟦Reply⟧
⟦Report⟧

mossy_pete
3 May 2020, 7:02 am

Thank you. I will order some and say how it went.

⟦Reply⟧
⟦Report⟧

⟦Most read⟧
⟦When to sow broad beans⟧
⟦Which compost is best for seeds⟧

⟦Terms of use⟧
⟦Privacy policy⟧
"""

NEWSLETTER = """⟦View this email in your browser⟧

The Quarry Bulletin, autumn 2019

Dear neighbour

The planning inspector has turned down the appeal. The quarry may not be extended towards Hob Wood, and the night lorries have to stop by Christmas.

We won because ninety of you wrote down, night after night, when the lorries passed. The inspector quoted the diaries of three households.

What happens next

The company has six weeks to go to the High Court. Our barrister thinks that it will not.

The liaison group meets on 12 November at 7 pm in the Methodist hall. Please bring your diaries.

Thank you

Joan Oake, secretary

⟦You are receiving this email because you signed up at our stall.⟧

⟦Unsubscribe | Update your preferences⟧

⟦Follow us on Facebook and Instagram⟧

⟦Copyright © 2019 Hob Wood Residents⟧
"""

JUDGMENT = """IN THE COUNTY COURT AT WESTERLEIGH

Between: A Parent, Claimant, and Westerleigh Borough Council, Defendant

JUDGMENT

[1] The claimant's son was removed from school in October 2016 without a written decision. She says that this
was unlawful, and the council now accepts that it was.

[2] What remains is whether the council must pay damages for the eleven months during which the boy had no
schooling at all.

The facts

[3] The boy was nine. He had been excluded twice, and the school had asked for help each time.

[4] An educational psychologist reported on 4 July 2016. She advised a place in a small unit. No place was
sought. The council's officer told me that the report "must have gone to the wrong inbox".

Discussion

[5] I do not accept that a lost letter is an answer. The duty is the council's and cannot be delegated to its
post room.

[6] The claim succeeds. I will hear counsel on the amount.
"""

LAW_BLOG = """⟦We use cookies on our website to give you the best experience. Read our cookie policy.⟧

Case note: when must a council give reasons?

⟦Posted on 11 June 2018 by Harriet Voss⟧

⟦Posted in: Public law⟧

The Court of Appeal has held that a housing officer who departs from medical evidence has to say why. The decision matters to anyone who advises homeless families.

Ms T has a heart condition. Two consultants wrote that she could not climb stairs. She was offered a flat on the fourth floor of a block whose lift breaks down about once a week.

The officer's letter ran to nine pages and copied six of them from another case, in which the applicant was a man with asthma. The court called this "regrettable", which from that court is strong language.

The point to take away is a small one. A decision that disagrees with a doctor has to show that the doctor was read.

⟦About the author⟧

⟦Harriet Voss is a barrister at 4 Crown Row. She acts for tenants and is a trustee of the Shelter Fund.⟧

⟦This article does not constitute legal advice.⟧

⟦2 comments so far⟧

Sam Orr says:
12 June 2018 at 10:11

The same officer refused my client on the same grounds in May. Is anybody collecting these letters?

Harriet Voss says:
12 June 2018 at 18:45

Please write to me, Sam. I know of five already.
"""

MAGAZINE = """Schools told to count pupils who vanish
⟦5 minute read⟧
Dev Patel
Friday, 8 October 2021
Head teachers will have to report every child who leaves a roll without a new school, under rules laid before Parliament today.
Some 12,000 pupils left that way last year. Nobody knows where four in ten of them went.
⟦Pupils at an assembly. Picture: Adobe Stock⟧
The rules follow an inquiry by the schools inspectorate, which called the present system "a form filled in to be lost".
Unions welcomed the change but asked who would do the counting. "Every new duty costs an hour," said Lena Brandt of the heads' association.
⟦Unlimited digital access⟧
⟦From £9 / month⟧
⟦Subscribe⟧
⟦Print and digital bundle⟧
⟦Weekly issues by post⟧
⟦From £14 / month⟧
⟦Subscribe⟧
"""

WIKI = """Lake Tarn

⟦Jump to navigation⟧

Lake Tarn is a reservoir in the north of the county. It was made between 1888 and 1894 by damming the Ash.

⟦Contents⟧

⟦1 History⟧
⟦2 Wildlife⟧
⟦3 See also⟧

History

The village of Ashby stood where the lake is now. Its church was taken down stone by stone and built again at Nether Cross, where it still stands.

In dry summers the bridge can be seen. It was last seen whole in 1976.

Wildlife

Ospreys have bred on the island since 2009. Membership of the wardens' group rose to forty in that year, and the hide is open at weekends.

⟦See also⟧

⟦List of reservoirs in the county⟧

⟦Categories: Reservoirs | Drowned villages⟧

⟦This page was last edited on 2 February 2021⟧
"""

TRUST_PAGE = """⟦Main menu⟧
⟦Services⟧
⟦About us⟧
⟦Careers⟧

Waiting times at the eye clinic

Most people are seen within eleven weeks. If your sight gets worse while you wait, ring the clinic and ask for the triage nurse.

How long people waited in 2022

Half of all patients were seen within seven weeks. One in ten waited for more than twenty.

The longest waits were for children. The clinic has one specialist for under-fives, and her post was empty from March to September.

What we are doing about it

A second specialist starts in January. We have also moved routine checks to the opticians in Hale and Bury Cross.

⟦Was this page helpful?⟧
⟦Share this page⟧
⟦Contact us⟧
⟦Tel: 01632 960 123⟧
⟦Email: eyes@trust.example⟧
⟦Site map⟧
⟦Accessibility statement⟧
"""

MINUTES = """Minutes of the scrutiny panel, 14 September 2018

Present: Councillors Abbott (chair), Diaz, Okafor and Reid

Apologies: Councillor Stone

1. Minutes of the last meeting

The minutes of 10 July were agreed. Councillor Diaz asked that his question on agency costs be recorded.

2. Placements out of the borough

The panel heard that 61 children were placed more than twenty miles from home. The director said that the number had doubled because two homes had closed.

Councillor Okafor asked whether the website, the newsletter or anyone else had told foster carers about the new rate. The director did not know.

3. Date of the next meeting

The panel will meet on 16 November.
"""

STATEMENT = """Statement on the collapse of Brightwell Homes

Published 9 January 2018

We are sorry. Forty families have lost their deposits, and we did not see it coming.

The trust lent Brightwell £2.1m between 2014 and 2017. Our board was shown accounts that an auditor had refused to sign. It did not ask why.

We have asked Dame Ellen Shaw to find out how this happened. Her report will be published in full.

Until then we will make no more loans to builders.

⟦ENDS⟧

⟦For further information or to arrange an interview, contact:⟧

⟦Marta Lind, head of communications⟧

⟦Tel: 020 7946 0222⟧

⟦marta.lind@trust.example⟧

⟦About the Hollin Trust⟧

⟦The Hollin Trust was founded in 1871. It lends money to people who build homes for others and is governed by a board of twelve.⟧

⟦www.hollintrust.example⟧
"""

ACADEMIC = """Sleep and school in the far north: a cohort study

Summary

We followed 1,304 children between seven and eleven through two winters. Those who slept less than eight hours in December read more slowly in March.

Background

In Tana county the sun does not rise for fifty days. Teachers say that children "fade" in January, but nobody has measured it.

Methods

Parents kept a diary of sleep, and each child wore a watch for fourteen nights. Readers of the diaries did not know the test results.

Results

The median child lost 41 minutes a night between October and December. The loss was greatest among children with a screen in the bedroom.

Discussion

The study cannot say whether sleep is the cause. Illness takes sleep too, and we did not ask about it.

⟦Keywords: sleep, reading, polar night, cohort⟧

⟦Correspondence: e.aas@tana.example⟧

⟦This is an open access article distributed under the Creative Commons Attribution licence, which permits reuse.⟧
"""

PAGES = {
    "news": NEWS, "council": COUNCIL, "charity": CHARITY, "report": GOV_REPORT, "forum": FORUM,
    "newsletter": NEWSLETTER, "judgment": JUDGMENT, "law blog": LAW_BLOG, "magazine": MAGAZINE, "wiki": WIKI,
    "hospital": TRUST_PAGE, "minutes": MINUTES, "statement": STATEMENT, "study": ACADEMIC,
}  # fmt: skip


def unmarked(page: str) -> tuple[str, list[tuple[int, int]]]:
    """A page's text, and the spans of it that are boilerplate."""
    text, spans = "", []
    for i, part in enumerate(page.replace("⟧", "⟦").split("⟦")):
        if i % 2:
            spans.append((len(text), len(text) + len(part)))
        text += part
    return text, spans


# Written after the rules; at first sight .72 of what is round was found, and nothing else.

LOCAL_PAPER = """⟦Log in⟧
⟦Subscribe⟧
⟦News Sport What's On Jobs⟧

Bus station to close for nine weeks

By Local Democracy Reporter

Passengers in Thorley will catch their buses from the cattle market until June while the station's roof is rebuilt.

The county council says that rain has been coming through since 2017. It put off the work twice to save money.

⟦The bus station in Thorley (Image: Google)⟧

Traders fear for their custom. "Nine weeks is a long time to sell no coffee," said Imran Aziz, whose kiosk faces stand four.

⟦READ MORE: Thorley cinema to reopen⟧

⟦Get the latest Thorley news straight to your inbox⟧

The work will cost £1.4m.

⟦Comments are closed on this article⟧
⟦This website and its associated newspapers adhere to the editors' code. If you have a complaint, please contact us.⟧
⟦© Copyright 2001-2023⟧
"""

REGULATOR = """⟦Skip to content⟧
⟦Accept additional cookies⟧
⟦Reject additional cookies⟧

Decision notice: Larkfield care home

Published 2 March 2019

⟦Contents⟧
⟦Background⟧
⟦Why we acted⟧

Background

Larkfield looks after thirty people with dementia. We visited twice in January without telling the manager.

Why we acted

On the second visit two people had not been given water since the evening before. Records said that they had.

The manager could not explain the records, and one of them was in her own hand.

⟦Is this page useful?⟧
⟦Report a problem with this page⟧
⟦Privacy⟧
⟦Cookies⟧
⟦Accessibility statement⟧
⟦© Crown copyright⟧
"""

PODCAST = """Episode 14: The dam that nobody owned

⟦32 min listen⟧

⟦Share on Facebook⟧

In 1911 a mining company built a dam above Cwm Isaf and forgot about it. In this episode we ask who has to mend it.

The answer took us to a drawer in a solicitor's office in Cardiff, where a deed of 1926 names a man who died in 1919.

We spoke to Menna Rees, who lives below the wall and keeps a bag packed by the door.

⟦Subscribe to our podcast wherever you listen⟧

⟦You might also like⟧
⟦Episode 13: The lighthouse in the field⟧
⟦Episode 12: A bridge too short⟧

⟦Produced with support from listeners like you. Become a member today.⟧
"""

LATER = {"local paper": LOCAL_PAPER, "regulator": REGULATOR, "podcast": PODCAST}
