"""Paragraphs of news and statements written to measure by whom a quotation is said, as {speaker|words}.

The rules were mended with DEVELOPMENT at hand. UNSEEN was written at the same time and looked at once, when the rules
were done; docs/documents.md tells what came out.
"""

from __future__ import annotations

DEVELOPMENT = {
    "told the committee": """
The hospital's finance director, Maureen Tait, told the committee that the overspend had been
{Maureen Tait|“visible in the ledgers since at least last autumn”}. Members asked why it had not been reported.
{Maureen Tait|“I reported it to everyone who would listen,”} she replied. {Maureen Tait|“The list was short.”}
""",
    "statement of a body": """
In a statement, Dunmore District Council said: {Dunmore District Council|“We take every complaint seriously and will
respond to the family in full.”} The council declined to say when.
""",
    "body by pronoun": """
The Rail Operators' Group rejected the figures. {Rail Operators' Group|“They count trains that were never in the
timetable,”} it said. It added that punctuality had {Rail Operators' Group|“never been better in the winter months”}.
""",
    "according to a person": """
According to Dr Imran Sethi, who led the trial, the drug {Imran Sethi|“does nothing for patients over seventy”}. The
maker disputes this.
""",
    "quotation over three paragraphs": """
Chief fire officer Glenda Marsh said:

{Glenda Marsh|“The crews arrived within six minutes of the call.

“They found the stairwell blocked by furniture and could not reach the third floor.

“I have never been prouder of them.”}

The inquiry continues.
""",
    "indirect speech only": """
The leader of the opposition said that taxes would rise. She told members the budget was balanced on paper alone, and
she warned them that reserves would be gone by spring. A spokesman for the treasurer denied this.
""",
    "nested": """
Paula Denholm, a parent, recalled the meeting. {Paula Denholm|“The head looked at us and said, ‘I can promise nothing,’
and that was that,”} she said.
""",
    "possessive subject": """
The union's regional secretary, Kofi Barnes, said members were {Kofi Barnes|“angry but not surprised”}. Barnes's deputy,
Ruth Ellis, went further: {Ruth Ellis|“They were lied to, and they know it.”}
""",
    "title in the middle": """
{Farida Noor|“Nothing in this report,”} Councillor Farida Noor told the chamber, {Farida Noor|“should come as a shock to
anyone on that side.”} Cllr Noor sat down to applause.
""",
    "tag before a long clause": """
{Owen Maddox|“We mended the roof with our own hands,”} said Owen Maddox, who has run the hall for thirty years and whose
father ran it before him. {Owen Maddox|“Nobody from the council ever came to see it.”}
""",
    "two speakers who alternate": """
{Tess Quinn|“It is a beautiful building,”} said Tess Quinn, the architect. {Alan Pryor|“It leaks,”} said Alan Pryor,
who works in it. Quinn was unmoved. {Tess Quinn|“Every building leaks in its first winter,”} she said.
""",
    "speaker named after her words": """
A letter in March

{Lorna Petrie|“I opened the letter and I had to sit down.”}

Lorna Petrie, 54, was told in March that her home would be demolished. {Lorna Petrie|“Thirty years I have lived here,”}
she said.
""",
    "scare quotes and titles": """
The “temporary” car park is in its ninth year. Residents know it as “the swamp”, and the council's plan, “A Green Heart
for Dunmore”, calls it a “development opportunity”. Nobody has said what that means.
""",
    "an ombudsman's findings": """
The ombudsman found that the council had {ombudsman|“failed to consider the impact on the child”} and recommended an
apology. Its report, published on Thursday, states: {ombudsman|“There is no record that anyone asked him what he
wanted.”}
""",
    "spokesperson who adds": """
A Department for Harbours spokesperson said: {Department for Harbours|“We are investing record sums in our ports.”} The
spokesperson added: {spokesperson|“Decisions on dredging are for harbour boards.”}
""",
    "interview": """
Gareth Pell: {Gareth Pell|“We began with one boat and a shed.”}

Asked what had changed, the 61-year-old replied: {Gareth Pell|“Now we have two boats.”}
""",
    "unnamed parent": """
One parent, who asked not to be named, said: {parent|“We were given an hour to collect our things.”} Another parent
described the scene as {parent|“the worst day of my daughter's life”}.
""",
    "email seen by the paper": """
In an email to staff, seen by the Gazette, chief executive Petra Lowe wrote: {Petra Lowe|“Please say nothing to the
press until Friday.”} Lowe declined to comment.
""",
    "adding": """
{Idris Cole|“The roof will hold,”} Idris Cole told the Gazette, adding: {Idris Cole|“I would not stand under it.”}
""",
    "accused of": """
Councillor Ann Field accused the cabinet of {Ann Field|“hiding behind its lawyers for a year”}. The motion, which she
moved, called the plan {motion|“a waste of money and of everybody's time”}.
""",
    "two partial quotations": """
The regulator warned that the trust was {regulator|“in breach of its licence”} and that patients had been
{regulator|“put at risk by decisions taken in haste”}.
""",
    "an open letter": """
In an open letter, forty head teachers say that the cuts {head teachers|“will be felt in every classroom in the
county”}. {letter|“We cannot stay silent,”} the letter says.
""",
    "says with an office first": """
{Mike Dunn|“We asked for a crossing and they sent us a leaflet,”} says the residents' association's chair, Mike Dunn.
His wife, Carol, is blunter. {Carol|“They want us to go away,”} she says.
""",
    "tweet": """
Harbour minister Neil Ash, who resigned on Sunday, tweeted: {Neil Ash|“I have served for nine years and I am tired.”}
""",
}

UNSEEN = {
    "told an inquiry": """
Former mayor Desmond Achebe told the inquiry that he had {Desmond Achebe|“no memory of any such conversation”}. Pressed
by counsel, he said: {Desmond Achebe|“If it is in the minutes then it must have happened.”}
""",
    "statement of a company": """
{Northway Homes|“We regret the distress caused to residents,”} Northway Homes said in a statement.
{Northway Homes|“All works will be finished by June.”}
""",
    "according to a report": """
According to the coroner's report, the barrier was {report|“corroded through at both ends”} when it gave way. The
report adds that staff had {report|“repeatedly asked for it to be replaced”}.
""",
    "one sentence, broken": """
{Sunita Rao|“If the bus goes,”} Sunita Rao, a nurse from Hatch End, said on Monday, {Sunita Rao|“then so does my job.”}
""",
    "quotation over paragraphs with an attribution first": """
Bishop Thomas Okello wrote in a letter to parishes:

{Thomas Okello|“Our churches have stood empty for too long.

“This winter we shall open them to anyone who needs a warm room.”}

Forty parishes have signed up.
""",
    "indirect speech only": """
Ministers insisted that the scheme was on course. Officials had earlier told MPs it would be late. The auditor has said
he does not expect it to open before the summer, and campaigners say it should never have begun.
""",
    "nested and attributed inside": """
{Mary Corrigan|“My son came home and asked, ‘Mum, are we poor?’”} said Mary Corrigan, a cleaner. {Mary Corrigan|“What do
you say to that?”}
""",
    "role before the name": """
Speaking after the vote, deputy leader Hamish Boyd said he was {Hamish Boyd|“relieved that common sense had won”}.
Opponents called the result {Opponents|“a bitter blow for every village in the valley”}.
""",
    "pronoun after a paragraph": """
Jocelyn Frame has taught at the school since 1991.

{Jocelyn Frame|“The building was cold then and it is cold now,”} she says. {Jocelyn Frame|“The children wear coats.”}
""",
    "scare quotes": """
The so-called “bedroom quota” was never adopted. Its critics spoke of “social engineering”; its friends preferred
“fair shares for all”, the slogan of the 1950s.
""",
    "a group of people": """
Doctors warned that the closure would be {Doctors|“catastrophic for patients who live in the hills”}. One of them, Dr
Elin Pugh, said: {Elin Pugh|“An ambulance takes fifty minutes on a good day.”}
""",
    "a judgment": """
In her ruling, Judge Patricia Venn said the landlord's conduct was {Patricia Venn|“as bad as any I have seen in this
court”}. She went on: {Patricia Venn|“He knew, and he did nothing.”}
""",
    "the police": """
A Kent Police spokesman said: {Kent Police|“Officers attended at 3.15am and found a man with head injuries.”} Anyone who
saw him is asked to call. {spokesman|“We believe that someone knows what happened,”} the spokesman added.
""",
    "an answer to a question": """
Asked if he would stand again, Baker laughed. {Baker|“My wife would leave me,”} said Simon Baker, who is 71.
""",
    "an adverb and an aside": """
{Lucy Harker|“It was,”} recalls Lucy Harker, now the club's president, {Lucy Harker|“the worst pitch in the county.”}
Her predecessor disagrees: {predecessor|“I have played on far worse than that one.”}
""",
}
