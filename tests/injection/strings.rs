//! Texts that somebody might write to get something into a mail, a calendar, a table or a file name.

use std::collections::BTreeSet;

/// What ends a line, a name or a value somewhere, and what looks like more than text.
const PIECES: [&str; 96] = [
    "\r\n",
    "\n",
    "\r",
    "\0",
    "\u{b}",
    "\u{c}",
    "\u{1b}[31m",
    "\u{7f}",
    "\u{80}",
    "\u{85}",
    "\u{9f}",
    "\t",
    "\u{2028}",
    "\u{2029}",
    "\u{202e}",
    "\u{202a}",
    "\u{2066}",
    "\u{2069}",
    "\u{200e}",
    "\u{200f}",
    "\u{200b}",
    "\u{feff}",
    "\u{ad}",
    "\u{a0}",
    "\r\n ",
    "\n\t",
    "\r\n\r\n",
    "\r\nBcc: evil@evil.example\r\n",
    "\nX-Evil: 1\n",
    "\rCc: evil@evil.example",
    "%0d%0aBcc:%20evil@evil.example",
    "\\r\\nBcc: evil@evil.example",
    "\r\n--=_job1-app1",
    "--=_job1-app1_2_1",
    "=?utf-8?q?=0D=0ABcc:_evil@evil.example?=",
    "=?utf-8?b?DQpCY2M6IGU=?=",
    "=?iso-8859-1?Q?=FC?=",
    "=?x?=",
    "=0D=0A",
    "=",
    "\"",
    "'",
    "\\",
    "\\\"",
    "\\n",
    "\\,",
    "<",
    ">",
    "(",
    ")",
    "[",
    "]",
    ",",
    ";",
    ":",
    "@",
    "evil@evil.example",
    ", evil@evil.example",
    "<evil@evil.example>",
    "\" <evil@evil.example>, \"",
    "BEGIN:VEVENT",
    "END:VEVENT",
    "\r\nATTENDEE:mailto:evil@evil.example\r\n",
    "\nEND:VCALENDAR\nBEGIN:VCALENDAR\n",
    "\":mailto:evil@evil.example",
    ";CN=",
    "^n",
    "^'",
    "^^",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<a href=\" jAva&#x09;script:alert(1)\" onclick=\"x()\">x</a>",
    "<a href='data:text/html,<script>1</script>'>x</a>",
    "</p></div></body></html>",
    "<!--",
    "-->",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "&lt;script&gt;",
    "&#60;script&#62;",
    "&amp;",
    "<a href=\"https://ok.example/?a=1&b=2\">ok</a>",
    "=cmd|' /C calc'!A0",
    "=HYPERLINK(\"https://evil.example\")",
    "+1+1",
    "-1+1",
    "＝1+1",
    "@SUM(1+1)",
    "../../etc/passwd",
    "..\\..\\boot.ini",
    "C:\\a",
    "\"; filename=\"evil.exe",
    "; filename*=UTF-8''evil.exe",
    "%22%3B%20filename%3Devil.exe",
    "$Job.Title$",
];

/// Letters of people, and such as are encoded in their own ways.
const LETTERS: [&str; 14] = [
    "Anna",
    "Müller",
    "Größe",
    "Österreich",
    "Žižek",
    "日本語",
    "مرحبا",
    " ",
    "  ",
    "😀",
    "👩\u{200d}👩\u{200d}👧",
    "e\u{301}",
    "\u{fffd}",
    "\\ud800\u{10ffff}",
];

/// So many different ones; the same seed gives the same ones.
pub fn hostile(count: usize, seed: u64) -> BTreeSet<String> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut strings: BTreeSet<String> = PIECES.iter().map(|piece| (*piece).to_owned()).collect();
    while strings.len() < count {
        // Half of them without control characters, so that they get past the edge.
        let printable = random.bool();
        let mut text = String::new();
        for _ in 0..random.usize(1..=7) {
            let from: &[&str] = if random.u8(..3) == 0 { &LETTERS } else { &PIECES };
            let piece = from[random.usize(..from.len())];
            let breaks = |letter: char| letter.is_control() || ('\u{2028}'..='\u{202e}').contains(&letter);
            if !(printable && (piece.contains(breaks) || piece.contains(['\u{2066}', '\u{2069}']))) {
                text.push_str(piece);
            }
        }
        if random.u8(..100) == 0 {
            text = text.repeat(random.usize(2..60));
        }
        strings.insert(text);
    }
    strings
}
