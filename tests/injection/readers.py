"""What is found in a mail, a calendar object, the history's table and a download's address: every part, by foreign parsers.

Each reader raises Hostile where it finds anything but what is expected.
"""

import csv
import email
import email.header
import email.policy
import email.utils
import io
import re
import unicodedata
import urllib.parse

import html5lib
import icalendar

HEADERS = ["Message-ID", "Date", "From", "Reply-To", "To", "Subject", "MIME-Version", "Content-Type"]
PARTS = {
    "alternative": ["multipart/alternative", "text/plain", "text/html"],
    "invitation": [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar", "application/ics",
    ],
}  # fmt: skip
TAGS = set("a b blockquote br code div em h1 h2 h3 i li ol p pre s span strong sub u ul".split())
SCHEMES = {"https", "http", "mailto", "tel"}
SKELETON = [("html", {}), ("head", {}), ("meta", {"charset": "utf-8"}), ("body", {})]
COLUMNS = 13


class Hostile(Exception):
    """Something is there that must not be, or is missing."""


def same(what, found, wanted):
    if found != wanted:
        raise Hostile(f"{what}: expected {wanted!a}, found {found!a}")


def mail(data, expected):
    """The exact headers, one address in each, the parts and what is in them."""
    head, _, _ = data.partition(b"\r\n\r\n")
    for line in head.split(b"\r\n"):
        if not re.fullmatch(rb"[\x20-\x7e\t]{1,998}", line):
            raise Hostile(f"a header line as no mail has it: {line!a}")
    if re.search(rb"(?<!\r)\n|\r(?!\n)|\0", data):
        raise Hostile("a bare CR, a bare LF or a NUL")
    message = email.message_from_bytes(data, policy=email.policy.default)
    wanted = [name for name in HEADERS if name != "Reply-To" or "replyTo" in expected]
    same("headers", message.keys(), wanted)
    # As its headers stand there: the newer reader (3.11) leaves the white space between two encoded words in a name.
    headers = email.message_from_bytes(head + b"\r\n\r\n", policy=email.policy.compat32)
    same("subject", decoded(headers["Subject"]), expected["subject"])
    for name, field in (("From", "from"), ("Reply-To", "replyTo"), ("To", "to")):
        if field in expected:
            addresses = email.utils.getaddresses([unfolded(headers[name])])
            same(name, [[decoded(display), address] for display, address in addresses], [expected[field]])
            same(name, len(message[name].addresses), 1)
    parts = list(message.walk())
    same("parts", [part.get_content_type() for part in parts], PARTS[expected["kind"]])
    for part in parts:
        same("defects", [str(defect) for defect in part.defects], [])
        if part is not message and not part.is_multipart():
            extra = set(part.keys()) - {"Content-Type", "Content-Transfer-Encoding", "Content-Disposition"}
            same("headers of a part", extra, set())
    html(part_of(parts, "text/html").get_content(), expected)
    if "calendar" in expected:
        invitation = part_of(parts, "text/calendar")
        same("method", invitation.get_param("method"), "REQUEST")
        same("file name", parts[-1].get_filename(), "invite.ics")
        attached = parts[-1].get_payload(decode=True)
        same("attachment", attached, invitation.get_payload(decode=True))
        calendar(attached, expected["calendar"])


def unfolded(header):
    return re.sub(r"\r?\n(?=[ \t])", "", header)


def decoded(header):
    return str(email.header.make_header(email.header.decode_header(unfolded(header))))


def part_of(parts, kind):
    return next(part for part in parts if part.get_content_type() == kind)


def html(text, expected):
    """The elements and attributes that are expected, or only allowed ones where a person wrote freely."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
    elements, words = [], []

    def walk(element):
        if not isinstance(element.tag, str):
            raise Hostile("a comment or something else that is no element")
        elements.append((element.tag, dict(element.attrib)))
        words.append(element.text or "")
        for child in element:
            walk(child)
            words.append(child.tail or "")

    walk(parser.parse(text))
    same("frame", elements[:4], SKELETON)
    inside = elements[4:]
    if inside and inside[-1] == ("div", {"class": "signature"}):
        inside.pop()
    for tag, attributes in inside:
        if attributes == {"class": "signature"} and tag == "div":
            continue
        if tag not in TAGS or set(attributes) - ({"href", "rel"} if tag == "a" else set()):
            raise Hostile(f"an element or attribute that is not allowed: {tag} {attributes}")
        # Browsers leave out tabs and line breaks, and what stands before the scheme.
        address = re.sub(r"[\t\r\n]", "", attributes.get("href", "https:")).lstrip("".join(map(chr, range(33))))
        if address.split(":")[0].lower() not in SCHEMES:
            raise Hostile(f"a link that is not allowed: {address}")
    for written in (*words, *(value for _, attributes in elements for value in attributes.values())):
        if re.search("[\u202a-\u202e\u2066-\u2069]", written):
            raise Hostile(f"what turns the text that follows: {written!a}")
    if "elements" in expected:
        same("elements", inside, [tuple(element) for element in expected["elements"]])
        same("text", "".join(words).replace("\n", ""), expected["text"])


def calendar(data, expected):
    """Every component, property and parameter, with its value."""
    if re.search(rb"(?<!\r)\n|\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", data):
        raise Hostile("a control character in a calendar object")
    # The names as they stand there, whatever a parser makes of them.
    lines = data.decode().replace("\r\n ", "").removesuffix("\r\n").split("\r\n")
    names = [re.match(r"[A-Z-]*", line)[0] for line in lines]
    wanted = "BEGIN VERSION PRODID METHOD BEGIN UID SEQUENCE DTSTAMP DTSTART DTEND SUMMARY DESCRIPTION LOCATION URL".split()
    wanted += "ORGANIZER ATTENDEE STATUS TRANSP CLASS END END".split()
    if expected["url"] is None:
        wanted.remove("URL")
    same("content lines", names, wanted)

    found = icalendar.Calendar.from_ical(data, multiple=True)
    same("calendars", len(found), 1)
    same("components", [component.name for component in found[0].walk()], ["VCALENDAR", "VEVENT"])
    event = found[0].subcomponents[0]
    same("errors", [*found[0].errors, *event.errors], [])
    same("properties", sorted(event), sorted(wanted[5:-2]))
    name = lambda text: text.replace("\\", "/")
    url = expected["url"]
    url = url and urllib.parse.quote(url, safe="!#$%&'()*+,/:;=?@[]~")
    description = expected["description"] + (f"\n\n{url}" if url and url not in expected["description"] else "")
    values = {
        "SUMMARY": expected["summary"], "DESCRIPTION": description, "LOCATION": expected["location"],
        "UID": "interview1@example.com", "ORGANIZER": "mailto:interviews@example.com",
        "ATTENDEE": "mailto:" + urllib.parse.quote(expected["attendee"][1], safe="!$'*+-._~@"),
    }  # fmt: skip
    if url:
        values["URL"] = url
    for key, value in values.items():
        same(key, str(event[key]), value)
    same("organizer", dict(event["ORGANIZER"].params), {"CN": name(expected["organizer"])})
    attendee = {"CUTYPE": "INDIVIDUAL", "ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"}
    same("attendee", dict(event["ATTENDEE"].params), attendee | {"CN": name(expected["attendee"][0])})


def table(data, expected):
    """Rows and cells, of which none begins a formula."""
    if not data.endswith("\r\n"):
        raise Hostile("the last row has no end")
    rows = list(csv.reader(io.StringIO(data, newline=""), delimiter=";", strict=True))
    same("rows", len(rows), len(expected) + 1)
    for found, wanted in zip(rows[1:], expected):
        same("columns", len(found), COLUMNS)
        for cell, text in zip(found, wanted):
            begins = unicodedata.normalize("NFKC", text.lstrip())[:1]
            same("cell", cell, f"'{text}" if begins and begins in "=+-@" else text)
            if re.match(r"\s*[=+\-@\t\r\n＝＋－＠]", cell):
                raise Hostile(f"a cell that begins a formula: {cell!a}")


def download(url, name):
    """Exactly that name, in a header with nothing else in it."""
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(url).query, strict_parsing=True)
    wanted = {
        "response-cache-control", "response-content-disposition", "response-content-type", "x-id", "X-Amz-Algorithm",
        "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders", "X-Amz-Signature",
    }  # fmt: skip
    same("what is asked of S3", set(query), wanted)
    [disposition] = query["response-content-disposition"]
    form = r'attachment; filename="([ !#-$&-\[\]-~]+)"; filename\*=UTF-8\'\'([A-Za-z0-9!#$&+.^_`|~%-]+)'
    match = re.fullmatch(form, disposition)
    if not match:
        raise Hostile(f"no Content-Disposition: {disposition!a}")
    same("file name", urllib.parse.unquote(match[2], errors="strict"), name)
    message = email.message_from_string(f"Content-Disposition: {disposition}\n\n", policy=email.policy.compat32)
    same("parameters", [key for key, _ in message.get_params(header="Content-Disposition")][0], "attachment")
    # This reader takes angle brackets for quotes.
    same("file name by email", email.utils.collapse_rfc2231_value(message.get_filename("")), email.utils.unquote(match[1]))
    if "/" in name or "\\" in name:
        raise Hostile("a path in a file name")
